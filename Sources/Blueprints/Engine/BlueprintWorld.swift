import Kernel
import Patterns
import Simulation

/// A design at work: every request of every client moves through it by itself.
///
/// Places at instances are finite, lines are bounded, work that a caller gave up is still done,
/// caches hold the keys that were really asked for, and guards (balancers, breakers, retry budgets,
/// limits) are the machines of `Patterns`. All chance comes from streams named after their purpose,
/// so that turning one knob leaves the other draws alone.
struct BlueprintWorld: World, ~Copyable {
  typealias Event = BlueprintEvent

  let design: Blueprint
  let parts: Table<DesignTables.Part>
  let steps: Table<DesignTables.Step>
  let stepCalls: Table<Int>
  let calls: Table<DesignTables.CallTable>
  let stations: Table<Station>
  let ownWork: Table<Distribution>
  /// Whether each operation changes data.
  let writes: Table<Bool>
  var visits = VisitSlab()
  var sources: [SourceState] = []
  var caches: [CacheState?]
  var stores: [StoreState?]
  var backlogs: [Backlog?]
  var scalers: [ScalingState?]
  var limits: [RateLimiter?]

  // Guards: of each call, for each instance that makes it.
  let balancers: Table<CallBalancers>
  var breakers: [CircuitBreaker] = []
  /// The place of a caller's breaker, -1 where its call has none.
  var breakerPlaces: [Int32]
  let inProgress: Table<Int>
  var budgets: [RetryBudget]
  /// How far each retried visit has come with its policy, by the visit's number.
  var sequences: [RetrySequence] = []

  var environment: Environment
  var schedule: FaultSchedule
  var places: PlaceNames
  var meters: Meters
  var story: DesignStory
  var hasLinkFaults = false
  var hasTimedOut = false

  var arrivals: RandomStream
  var works: RandomStream
  var choices: RandomStream
  var picks: RandomStream
  var jitters: RandomStream
  var mishaps: RandomStream

  init(_ blueprint: Blueprint, faults: FaultPlan, seed: UInt64, traceCapacity: Int) {
    let tables = DesignTables(blueprint)
    design = tables.blueprint
    parts = Table(tables.parts)
    steps = Table(tables.steps)
    stepCalls = Table(tables.stepCalls)
    calls = Table(tables.calls)
    stations = Table(tables.stations)
    ownWork = Table(design.components.map(\.work))
    writes = Table(tables.operations.map(\.isWrite))
    balancers = Table(Self.balancers(tables))
    places = PlaceNames(design, tables.stations)
    environment = Environment(
      places.roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    // A fault without an end changes the design for good: what counts is what follows it.
    let calm = faults.faults.map { $0.at + ($0.duration ?? .zero) }.max()
    meters = Meters(design, operations: tables.operations.count, calmFrom: calm)
    story = DesignStory()
    arrivals = RandomStream(seed: seed, name: "blueprint/arrivals")
    works = RandomStream(seed: seed, name: "blueprint/work")
    choices = RandomStream(seed: seed, name: "blueprint/choices")
    picks = RandomStream(seed: seed, name: "blueprint/balancing")
    jitters = RandomStream(seed: seed, name: "blueprint/retries")
    mishaps = RandomStream(seed: seed, name: "blueprint/mishaps")
    let count = design.components.count
    caches = Array(repeating: nil, count: count)
    stores = Array(repeating: nil, count: count)
    backlogs = Array(repeating: nil, count: count)
    scalers = Array(repeating: nil, count: count)
    limits = Array(repeating: nil, count: count)
    breakerPlaces = Array(repeating: -1, count: tables.callerCount)
    inProgress = Table(Array(repeating: 0, count: tables.callerCount))
    budgets = []
    furnish(tables, seed: seed)
  }

  private mutating func furnish(_ tables: DesignTables, seed: UInt64) {
    let keys = design.components.compactMap(\.load?.keys).max() ?? 0
    for (number, component) in design.components.enumerated() {
      let part = tables.parts[number]
      if let load = component.load {
        sources.append(SourceState(number, load, tables.operations, seed: seed))
      }
      if let cache = component.cache {
        caches[number] = CacheState(cache, instances: part.stationCount, keys: keys, seed: seed)
      }
      if let store = component.store {
        stores[number] = StoreState(store, shards: part.shards, keys: keys)
      }
      if part.role == .queue { backlogs[number] = Backlog(room: component.queue) }
      if let scaling = component.scaling { scalers[number] = ScalingState(scaling) }
      if let limit = component.limit {
        // In thousandths, so that a rate below one a second is a whole number too.
        let rate = RateLimit(max(1, Int(limit.rate * 1_000)), per: .seconds(1_000))
        limits[number] = RateLimiter(.tokenBucket(TokenBucket(rate, capacity: limit.burst)))
      }
    }
    for (number, call) in design.calls.enumerated() {
      let callers = max(1, tables.parts[call.source].stationCount)
      budgets.append(RetryBudget(call.budget))
      guard let breaker = call.breaker else { continue }
      for caller in 0..<callers {
        breakerPlaces[tables.calls[number].firstCaller + caller] = Int32(breakers.count)
        breakers.append(
          CircuitBreaker(
            breaker, random: RandomStream(seed: seed, name: "blueprint/breaker \(number) \(caller)")
          ))
      }
    }
    for number in stations.indices where !stations[number].isActive {
      setEligible(number, false, at: .zero)
    }
  }

  private static func balancers(_ tables: DesignTables) -> [CallBalancers] {
    var balancers: [CallBalancers] = []
    for call in tables.blueprint.calls {
      let part = tables.parts[call.target]
      // A store chooses by shard and primary instead.
      let targets =
        part.role == .store
        ? [] : tables.stations[part.firstStation..<part.firstStation + part.stationCount]
      balancers.append(
        CallBalancers(
          call, callers: max(1, tables.parts[call.source].stationCount), targets: Array(targets),
          zones: tables.blueprint.zones.count))
    }
    return balancers
  }

  /// What is to happen from the start.
  mutating func begin(in queue: inout EventQueue<Event>) {
    for place in sources.indices { scheduleArrival(place, at: .zero, in: &queue) }
    for (number, scaler) in scalers.enumerated() {
      if let scaler { queue.schedule(.scale(UInt16(number)), at: .zero + scaler.rule.every) }
    }
    for (number, component) in design.components.enumerated()
    where design.calls.contains(where: { $0.target == number }) {
      queue.schedule(.probe(UInt16(number)), at: .zero + component.check.interval)
    }
    queue.schedule(.tick, at: .zero + meters.tick)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .arrival(let source): arrive(Int(source), at: now, in: &queue)
    case .arrives(let visit): reach(visit, at: now, in: &queue)
    case .worked(let visit): workEnds(visit, at: now, in: &queue)
    case .answered(let visit): answerArrives(visit, at: now, in: &queue)
    case .timedOut(let visit): timeOut(visit, at: now, in: &queue)
    case .retry(let visit): tryAgain(visit, at: now, in: &queue)
    case .hedge(let visit): sendHedge(visit, at: now, in: &queue)
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .tick: takePoint(at: now, in: &queue)
    case .scale(let component): scale(Int(component), at: now, in: &queue)
    case .booted(let station): bootEnds(Int(station), at: now, in: &queue)
    case .probe(let component): probe(Int(component), at: now, in: &queue)
    case .promote(let component, let shard):
      promote(Int(component), Int(shard), at: now)
    }
  }
}
