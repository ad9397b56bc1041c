import Kernel
import Patterns
import Simulation

/// Something that breaks now and then and is repaired: a replica, a zone, what all have in common,
/// a dependency.
struct FailingPart: Sendable {
  var isBroken = false
  /// How long the present repair takes once it has begun.
  var work = TimeSpan.zero
  var repair: EventHandle?
  var lives: RandomStream
  var repairs: RandomStream
  /// The event that told of the failure.
  var cause: Trace.ID?

  init(_ name: String, seed: UInt64) {
    lives = RandomStream(seed: seed, name: "availability/\(name)/lives")
    repairs = RandomStream(seed: seed, name: "availability/\(name)/repairs")
  }
}

/// What the world knows of a replica beside what breaks it.
struct ReplicaState: Sendable {
  /// When its checks are due.
  var phase: TimeSpan
  var isUp = true
  var downSince: Instant?
  var isBeingChecked = false
  /// Repairs ordered since it last counted as up.
  var orders = 0
}

/// What the world knows of a dependency beside what breaks it.
struct DependencyState: Sendable {
  var isUp = true
  /// Whether the service is down for its sake.
  var isMissed = false
  /// Counted up with each change, so that an old bridge is known.
  var turn: Int32 = 0
}

/// Everything that a run of years changes.
///
///     zones ─┐
///     release┴▶ replicas ◀── checks ── RedundantSet ──▶ who serves ──▶ served, with dependencies
struct AvailabilityWorld: ScenarioWorld, Sendable {
  enum Event: ScenarioEvent, Sendable {
    case breaks(Int16)
    case repaired(Int16)
    /// A zone by its number; the number after the last is what all zones have in common.
    case zoneBreaks(Int16)
    case zoneRepaired(Int16)
    case check(Int16)
    case ready
    case dependencyBreaks(Int16)
    case dependencyRepaired(Int16)
    case bridgeEnds(Int16, turn: Int32)
    case faultIsDue
    case watch
  }

  let settings: AvailabilitySettings
  var environment: Environment
  var schedule: FaultSchedule
  var set: RedundantSet
  var replicas: [FailingPart]
  var states: [ReplicaState]
  /// The zones, and last what all zones have in common.
  var zones: [FailingPart]
  var dependencies: [FailingPart]
  var needs: [DependencyState]
  var meters: AvailabilityMeters
  var log: InvariantLog
  var lastFault: Trace.ID?
  var outage: Trace.ID?

  init(
    _ settings: AvailabilitySettings, roster: Roster, invariants: [Invariant], faults: FaultPlan,
    seed: UInt64, traceCapacity: Int
  ) {
    self.settings = settings
    environment = Environment(
      roster, network: Network(LinkQuality(latency: .constant(.zero)), seed: seed),
      traceCapacity: traceCapacity)
    schedule = FaultSchedule(faults)
    set = RedundantSet(settings.set)
    func parts(_ name: String, _ count: Int) -> [FailingPart] {
      (0..<count).map { FailingPart("\(name)-\($0 + 1)", seed: seed) }
    }
    replicas = parts("replica", settings.set.replicas)
    zones = parts("zone", settings.set.zones) + [FailingPart("release", seed: seed)]
    dependencies = parts("dependency", settings.dependencies.count)
    states = (0..<settings.set.replicas).map { number in
      var random = RandomStream(seed: seed, name: "availability/replica-\(number + 1)/phase")
      return ReplicaState(phase: settings.checkInterval * random.unit())
    }
    needs = settings.dependencies.map { _ in DependencyState() }
    meters = AvailabilityMeters(settings.duration)
    log = InvariantLog(invariants)
  }

  mutating func begin(in queue: inout EventQueue<Event>) {
    log.check(set.checkInvariants(), at: .zero)
    for number in replicas.indices { live(number, in: &queue) }
    for number in zones.indices { liveTogether(number, in: &queue) }
    for number in dependencies.indices { liveOutside(number, in: &queue) }
    beginWatch(every: meters.stepLength, in: &queue)
  }

  mutating func handle(_ event: Event, at now: Instant, in queue: inout EventQueue<Event>) {
    switch event {
    case .breaks(let number): breaks(Int(number), at: now, in: &queue)
    case .repaired(let number):
      replicas[Int(number)].isBroken = false
      replicas[Int(number)].repair = nil
      live(Int(number), in: &queue)
    case .zoneBreaks(let number): zoneBreaks(Int(number), at: now, in: &queue)
    case .zoneRepaired(let number):
      zones[Int(number)].isBroken = false
      zones[Int(number)].repair = nil
      liveTogether(Int(number), in: &queue)
    case .check(let number): check(Int(number), at: now, in: &queue)
    case .ready: break
    case .dependencyBreaks(let number): dependencyBreaks(Int(number), at: now, in: &queue)
    case .dependencyRepaired(let number):
      dependencies[Int(number)].isBroken = false
      liveOutside(Int(number), in: &queue)
    case .bridgeEnds(let number, let turn):
      if needs[Int(number)].turn == turn { needs[Int(number)].isMissed = true }
    case .faultIsDue: carryOutFaults(at: now, in: &queue)
    case .watch:
      meters.closeStep(at: now)
      watchOn(every: meters.stepLength, for: settings.duration, in: &queue)
    }
    settle(at: now, in: &queue)
  }

  mutating func note(fault: Trace.ID) { lastFault = fault }

  /// Who runs is read from the environment when everything settles.
  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>) {}

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let total = meters.end(at: end)
    if total != settings.duration {
      log.violated("time adds up", at: end, "\(total) of \(settings.duration) are accounted for")
    }
    return Outcome(
      measurements: meters.measurements(settings), series: meters.series,
      verdicts: log.verdicts, trace: environment.trace, duration: settings.duration)
  }
}
