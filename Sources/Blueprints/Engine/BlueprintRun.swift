import Histogram
import Kernel
import Patterns
import Simulation

/// One run of a design under load and faults: what came out, component by component, call by call.
public struct BlueprintRun: Sendable {
  /// What one component did.
  public struct ComponentResult: Sendable {
    /// The component's name.
    public let name: String
    /// The share of places in use over the whole run, of the instances that there were; nil for a
    /// source.
    public let use: Double?
    /// The most calls that ever waited at one of its instances, or in its backlog.
    public let mostWaiting: Int
    /// Calls that came, that went well, that failed, and that were turned away.
    public let arrived: Int, completed: Int, failed: Int, refused: Int
    /// The share of the own work that was done for callers who had left.
    public let wasted: Double?
    /// The share of look-ups after the warm-up that hit; nil for what is no cache.
    public let hitRatio: Double?
    /// For a queue: messages left, messages put aside, mean time until done.
    public let backlog: Int?, dead: Int?, meanAge: TimeSpan?
    /// Instances that belong to the design at the end.
    public let instances: Int
    /// The share of places in use over time, and the calls in line.
    public let useSeries: [Double?], waitingSeries: [Double?]
  }

  /// What became of one operation, after the warm-up.
  public struct OperationResult: Sendable {
    /// The operation's name.
    public let name: String
    /// The share of its requests that went well; nil without any.
    public let success: Double?
    /// The 99th percentile of the latency of those, in seconds.
    public let p99: Double?
  }

  /// What one call did.
  public struct CallResult: Sendable {
    /// `gateway->catalog`.
    public let name: String
    /// How many were sent, retries and hedges included.
    public let attempts: Int
    /// What became of them.
    public let succeeded: Int, failed: Int, timedOut: Int
    /// What the guards did.
    public let retries: Int, hedges: Int, fallbacks: Int
    /// Calls that a guard kept back.
    public let breakerRefusals: Int, bulkheadRefusals: Int
    /// The 99th percentile of those that went well.
    public let p99: TimeSpan?
  }

  /// The design that ran.
  public let design: Blueprint
  /// Requests after the warm-up: all, and what became of them.
  public let measured: Int, succeeded: Int, failed: Int, degraded: Int
  /// The operations, in the order of the design.
  public let operations: [OperationResult]
  /// The share of requests that went well of those that came after the last fault was over (or had
  /// begun, when it has no end); nil without faults.
  public let successAfter: Double?
  /// Requests whose client gave up.
  public let gaveUp: Int
  /// All requests, the warm-up included, and those still under way at the end.
  public let came: Int, underWay: Int
  /// Latency of the successful requests after the warm-up: the percentile, in seconds.
  public let p50: Double?, p90: Double?, p99: Double?, p999: Double?, mean: Double?
  /// The components, in the order of the design.
  public let components: [ComponentResult]
  /// The calls, in the order of the design; replication comes last.
  public let calls: [CallResult]
  /// Successes and failures a second, and the 99th percentile, over time.
  public let goodput: [Double?], failures: [Double?], p99Series: [Double?]
  /// The time between two points of a series.
  public let step: TimeSpan
  /// What happened, with causes.
  public let trace: Trace
  /// Events that happened, for speed.
  public let events: Int
  /// All own work, and the part of it for callers who had left, in nanoseconds.
  public let work: Double, wasted: Double
  /// What was broken of what must always hold; empty when all is well.
  public let broken: [String]

  /// Runs `design` under `faults`; every random draw comes from `seed`.
  public init(
    _ design: Blueprint, faults: FaultPlan = FaultPlan(), seed: UInt64 = 1,
    traceCapacity: Int = 20_000
  ) {
    var universe = Universe(
      BlueprintWorld(design, faults: faults, seed: seed, traceCapacity: traceCapacity),
      capacity: 4_096)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + design.duration
    universe.run(until: end)
    self.init(&universe.world, events: universe.eventCount, at: end)
  }

  private init(_ world: inout BlueprintWorld, events: Int, at end: Instant) {
    for station in world.stations.indices { world.stations[station].settle(at: end) }
    design = world.design
    measured = world.meters.measured
    succeeded = world.meters.succeeded
    failed = world.meters.failed
    degraded = world.meters.degraded
    gaveUp = world.meters.gaveUp
    came = world.meters.came
    underWay = world.meters.underWay
    let calm = world.meters.calmSucceeded + world.meters.calmFailed
    successAfter = calm == 0 ? nil : Double(world.meters.calmSucceeded) / Double(calm)
    operations = world.operationResults()
    func percentile(_ place: Double) -> Double? {
      world.meters.latency.totalCount == 0
        ? nil : Double(world.meters.latency.valueAtPercentile(place)) / 1e6
    }
    p50 = percentile(50)
    p90 = percentile(90)
    p99 = percentile(99)
    p999 = percentile(99.9)
    mean = world.meters.latency.totalCount == 0 ? nil : world.meters.latency.mean / 1e6
    var components: [ComponentResult] = []
    for number in world.design.components.indices {
      components.append(world.result(of: number, at: end))
    }
    self.components = components
    var calls: [CallResult] = []
    for (number, call) in world.design.calls.enumerated() {
      let meter = world.meters.calls[number]
      calls.append(
        CallResult(
          name: world.design.name(of: call), attempts: meter.attempts, succeeded: meter.succeeded,
          failed: meter.failed, timedOut: meter.timedOut, retries: meter.retries,
          hedges: meter.hedges, fallbacks: meter.fallbacks,
          breakerRefusals: meter.breakerRefusals, bulkheadRefusals: meter.bulkheadRefusals,
          p99: meter.latency.totalCount == 0
            ? nil : .microseconds(Int64(meter.latency.valueAtPercentile(99)))))
    }
    self.calls = calls
    goodput = world.meters.goodput
    failures = world.meters.failures
    p99Series = world.meters.p99
    step = world.meters.tick
    trace = world.environment.trace
    self.events = events
    work = world.stations.all.reduce(0) { $0 + $1.workTime }
    wasted = world.stations.all.reduce(0) { $0 + $1.wastedTime }
    broken = world.audit()
  }

  /// The share of the requests after the warm-up that are over and went well; nil without any.
  public var success: Double? {
    let over = succeeded + failed
    return over == 0 ? nil : Double(succeeded) / Double(over)
  }

  /// The share of all work that was done for callers who had left; nil without any work.
  public var wastedShare: Double? { work == 0 ? nil : wasted / work }

  /// The names that fault lines may use for `design`.
  public static func roster(_ design: Blueprint) -> Roster {
    PlaceNames(design, DesignTables(design).stations).roster
  }

  /// What all instances at the end cost an hour, in dollars.
  public var costPerHour: Double {
    zip(design.components, components).reduce(0) { $0 + $1.0.price * Double($1.1.instances) }
      * design.cells
  }
}

extension BlueprintWorld {
  /// What became of each operation.
  func operationResults() -> [BlueprintRun.OperationResult] {
    var results: [BlueprintRun.OperationResult] = []
    for (number, operation) in DesignTables.operations(design).enumerated() {
      let meter = meters.operations[number]
      let over = meter.succeeded + meter.failed
      results.append(
        BlueprintRun.OperationResult(
          name: operation.name,
          success: over == 0 ? nil : Double(meter.succeeded) / Double(over),
          p99: meter.succeeded == 0
            ? nil : Double(meter.latency.valueAtPercentile(99)) / 1e6))
    }
    return results
  }

  /// What a component did.
  func result(of number: Int, at end: Instant) -> BlueprintRun.ComponentResult {
    let part = parts[number]
    let own = (part.firstStation..<part.firstStation + part.stationCount).map { stations[$0] }
    let active = own.count(where: \.isActive)
    let span = Double(end.nanoseconds)
    let room = Double(active * design.components[number].concurrency) * span
    let work = own.reduce(0) { $0 + $1.workTime }
    let wasted = own.reduce(0) { $0 + $1.wastedTime }
    let backlog = backlogs[number]
    let looks = caches[number].map { $0.hits + $0.misses } ?? 0
    return BlueprintRun.ComponentResult(
      name: design.components[number].name,
      use: own.isEmpty || room == 0 ? nil : own.reduce(0) { $0 + $1.busyArea } / room,
      mostWaiting: backlog?.mostWaiting ?? own.map(\.mostWaiting).max() ?? 0,
      arrived: own.reduce(0) { $0 + $1.arrived }, completed: own.reduce(0) { $0 + $1.completed },
      failed: own.reduce(0) { $0 + $1.failed }, refused: own.reduce(0) { $0 + $1.refused },
      wasted: work == 0 ? nil : wasted / work,
      hitRatio: looks == 0 ? nil : Double(caches[number]?.hits ?? 0) / Double(looks),
      backlog: backlog?.count, dead: backlog?.dead,
      meanAge: backlog.flatMap {
        $0.done == 0 ? nil : TimeSpan(nanoseconds: Int64($0.ages / Double($0.done)))
      },
      instances: active, useSeries: meters.use[number], waitingSeries: meters.waiting[number])
  }

  /// What does not add up after a run: requests, places, lines, callers.
  func audit() -> [String] {
    var broken: [String] = []
    func require(_ holds: Bool, _ sentence: @autoclosure () -> String) {
      if !holds { broken.append(sentence()) }
    }
    var held = Array(repeating: 0, count: stations.count)
    var lined = Array(repeating: 0, count: stations.count)
    var open = 0
    var counted = Array(repeating: 0, count: inProgress.count)
    for number in 0..<UInt32(visits.capacity) where visits[number].state != .free {
      let visit = visits[number]
      if visit.parent == Visit.none, visit.station < 0 {
        if !visit.flags.contains(.settled) { open += 1 }
        continue
      }
      if visit.flags.contains(.holds) { held[Int(visit.station)] += 1 }
      if visit.state == .queued { lined[Int(visit.station)] += 1 }
      if visit.flags.contains(.counted) { counted[callerPlace(number)] += 1 }
    }
    require(open == meters.underWay, "\(meters.underWay) requests under way, \(open) found")
    for (number, station) in stations.all.enumerated() {
      let name = PlaceNames.name(of: station, design.components[station.component])
      require(station.busy == held[number], "\(name): \(station.busy) busy, \(held[number]) held")
      require(
        station.waiting == lined[number],
        "\(name): \(station.waiting) in line, \(lined[number]) found")
      require(station.busy <= station.concurrency, "\(name): more work than places")
      require(station.waiting <= station.room, "\(name): a longer line than it has room")
    }
    for place in counted.indices {
      require(
        inProgress[place] == counted[place],
        "a caller counts \(inProgress[place]) calls in progress, \(counted[place]) found")
    }
    return broken
  }
}
