import Kernel
import Simulation

/// What can happen in every world that a scenario runs.
protocol ScenarioEvent {
  /// The next faults of the plan are due.
  static var faultIsDue: Self { get }
  /// It is time to look how things stand.
  static var watch: Self { get }
}

/// A world that a scenario runs from its beginning to its end, under a plan of faults.
protocol ScenarioWorld: World where Event: ScenarioEvent {
  /// Network, processes, clocks and trace.
  var environment: Environment { get set }
  /// The faults that are still to come.
  var schedule: FaultSchedule { get set }

  /// Schedules what begins a run.
  mutating func begin(in queue: inout EventQueue<Event>)
  /// Takes note of an event that begins or ends a fault.
  mutating func note(fault: Trace.ID)
  /// Does what follows from a fault, or from its end.
  mutating func act(on change: WorldChange, at now: Instant, in queue: inout EventQueue<Event>)
  /// Takes note that other faults than before are in force.
  mutating func faultsChanged(at now: Instant)
  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome
}

extension ScenarioWorld {
  mutating func faultsChanged(at now: Instant) {}

  /// Schedules the first fault, and the first look after `step`.
  func beginWatch(every step: TimeSpan, in queue: inout EventQueue<Event>) {
    if let first = schedule.next { queue.schedule(.faultIsDue, at: first) }
    queue.schedule(.watch, after: step)
  }

  /// Schedules the next look, if the run lasts so long.
  func watchOn(every step: TimeSpan, for span: TimeSpan, in queue: inout EventQueue<Event>) {
    guard queue.now + step <= .zero + span else { return }
    queue.schedule(.watch, after: step)
  }

  /// Carries out the faults that are due.
  mutating func carryOutFaults(at now: Instant, in queue: inout EventQueue<Event>) {
    var plan = schedule
    let due = plan.carryOut(in: &environment, at: now)
    schedule = plan
    for applied in due {
      note(fault: applied.event)
      for change in applied.changes { act(on: change, at: now, in: &queue) }
    }
    faultsChanged(at: now)
    if let next = schedule.next { queue.schedule(.faultIsDue, at: next) }
  }

  /// When a message arrives, nil when it is lost; a second copy of it is ignored.
  mutating func transmit(from source: NodeID, to target: NodeID, at now: Instant) -> Instant? {
    switch environment.network.transmit(from: source, to: target, at: now) {
    case .once(let at): at
    case .twice(let first, let second): min(first, second)
    case .lost, .cut: nil
    }
  }

  /// What comes of this world within `span`.
  consuming func run(for span: TimeSpan) -> Outcome {
    var universe = Universe(self, capacity: 4_096)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + span
    universe.run(until: end)
    return universe.world.outcome(at: end)
  }
}
