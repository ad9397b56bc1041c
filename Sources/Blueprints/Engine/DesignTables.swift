import Kernel
import Patterns

/// A blueprint in the form that the simulation reads: everything by number.
struct DesignTables {
  /// A component's instances and what it calls.
  struct Part {
    let role: ComponentKind.Role
    let isHeld: Bool
    let isLimited: Bool
    let errors: Double
    /// The first of its instances among all; they lie one after the other, shard by shard.
    let firstStation: Int
    /// Instances of a shard, those included that scaling may add.
    let perShard: Int
    let shards: Int
    /// Its first step among all steps, and how many it has.
    let firstStep: Int
    let stepCount: Int
    /// The workers that fetch from it, when it is a queue; -1 for none.
    var workers = -1

    var stationCount: Int { perShard * shards }
  }

  /// The calls of one step: a run of places in `stepCalls`.
  struct Step {
    let first: Int
    let count: Int
  }

  /// What of a call is looked at for every request.
  struct CallTable {
    let target: Int
    let share: Double
    let operations: UInt64
    /// The first of the places that belong to the instances of its source.
    let firstCaller: Int
    let copies: Int
    let need: Int
    /// The most calls in progress for each caller.
    let bulkhead: Int
    let timeout: TimeSpan?
    let hedgeAfter: TimeSpan?
    let isReplication: Bool
    let isAsync: Bool
    let isAfterMiss: Bool
    let hasFallback: Bool
    let hasRetries: Bool
    let passesDeadline: Bool
    let isStore: Bool
    let isCache: Bool
  }

  let blueprint: Blueprint
  let parts: [Part]
  let steps: [Step]
  let stepCalls: [Int]
  let calls: [CallTable]
  let operations: [OperationShare]
  /// Callers of all calls: one for each instance of the source, one for clients.
  let callerCount: Int
  var stations: [Station]

  init(_ blueprint: Blueprint) {
    let blueprint = Self.withReplication(blueprint)
    self.blueprint = blueprint
    var stations: [Station] = []
    var parts: [Part] = []
    var steps: [Step] = []
    var stepCalls: [Int] = []
    for (number, component) in blueprint.components.enumerated() {
      let perShard = max(component.replicas, component.scaling?.maximum ?? 0)
      let isSource = component.kind.role == .source
      let own = Self.steps(of: number, in: blueprint)
      parts.append(
        Part(
          role: component.kind.role, isHeld: component.isHeld, isLimited: component.limit != nil,
          errors: component.errors, firstStation: stations.count,
          perShard: isSource ? 0 : perShard, shards: component.shards, firstStep: steps.count,
          stepCount: own.count))
      for step in own {
        steps.append(Step(first: stepCalls.count, count: step.count))
        stepCalls += step
      }
      if isSource { continue }
      for local in 0..<perShard * component.shards {
        stations.append(Self.station(local, of: number, component, perShard: perShard))
      }
    }
    for (number, component) in blueprint.components.enumerated() {
      if let queue = component.consumes { parts[queue].workers = number }
    }
    operations = Self.operations(blueprint)
    var callers = 0
    var calls: [CallTable] = []
    for call in blueprint.calls {
      calls.append(
        Self.table(
          call, role: parts[call.target].role, operations: operations, firstCaller: callers))
      callers += max(1, parts[call.source].stationCount)
    }
    self.calls = calls
    self.steps = steps
    self.stepCalls = stepCalls
    self.parts = parts
    self.stations = stations
    callerCount = callers
  }

  private static func table(
    _ call: Call, role: ComponentKind.Role, operations: [OperationShare], firstCaller: Int
  ) -> CallTable {
    let copies = max(1, call.fanOut)
    return CallTable(
      target: call.target, share: call.share,
      operations: mask(call.operations, of: operations), firstCaller: firstCaller,
      copies: copies, need: call.need ?? copies, bulkhead: call.bulkhead ?? .max,
      timeout: call.timeout, hedgeAfter: call.hedgeAfter,
      isReplication: call.source == call.target, isAsync: call.isAsync,
      isAfterMiss: call.isAfterMiss, hasFallback: call.hasFallback,
      hasRetries: call.retry.maxAttempts > 1, passesDeadline: call.passesDeadline,
      isStore: role == .store, isCache: role == .cache)
  }

  private static func station(
    _ local: Int, of number: Int, _ component: Component, perShard: Int
  ) -> Station {
    let replica = local % perShard
    var station = Station(
      component: number, local: local, shard: local / perShard,
      zone: component.zones.isEmpty ? 0 : component.zones[local % component.zones.count],
      concurrency: component.concurrency, room: component.queue)
    station.isActive = replica < component.replicas
    return station
  }

  /// A store that waits for copies calls itself: the primary sends each write to the others.
  private static func withReplication(_ blueprint: Blueprint) -> Blueprint {
    var changed = blueprint
    for (number, component) in blueprint.components.enumerated() {
      guard let store = component.store, component.replicas > 1 else { continue }
      let names = operations(blueprint).filter(\.isWrite).map(\.name)
      guard !names.isEmpty else { continue }
      var call = Call(from: number, to: number)
      call.operations = names
      call.fanOut = component.replicas - 1
      call.need = store.acks - 1
      call.isAsync = store.acks <= 1
      call.step = (blueprint.calls(from: number).map(\.call.step).max() ?? -1) + 1
      changed.calls.append(call)
    }
    return changed
  }

  private static func steps(of number: Int, in blueprint: Blueprint) -> [[Int]] {
    let calls = blueprint.calls(from: number)
    let order = Set(calls.map(\.call.step)).sorted()
    return order.map { step in
      calls.filter { $0.call.step == step }.map(\.place)
    }
  }

  /// Every operation of every source, each once.
  static func operations(_ blueprint: Blueprint) -> [OperationShare] {
    var all: [OperationShare] = []
    for component in blueprint.components {
      for operation in component.load?.operations ?? []
      where !all.contains(where: { $0.name == operation.name }) {
        all.append(operation)
      }
    }
    return all
  }

  private static func mask(_ names: [String], of all: [OperationShare]) -> UInt64 {
    guard !names.isEmpty else { return .max }
    var mask: UInt64 = 0
    for (place, operation) in all.enumerated() where names.contains(operation.name) {
      mask |= 1 << UInt64(place)
    }
    return mask
  }
}
