import Kernel
import Patterns
import Simulation
import Verification

/// Producers, a queue broker or a cluster of them, and consumers, in RabbitMQ's terms.
struct QueueBrokerScenario: Scenario {
  let id = "queue-broker"
  let title = "A queue broker: RabbitMQ, classic and quorum queues"
  let version = 1
  let knobs = QueueKnobs.all
  let metrics = DeliveryMeters.metrics + QueueMeters.metrics
  let fidelity = QueueFidelity.scenario
  let mutants = QueueMutants.all

  let invariants = [
    Invariant(
      "every message is somewhere",
      "What was enqueued waits, is held, was settled, died or was purged; nothing else."),
    Invariant(
      "no more than the prefetch is held",
      "No consumer has more deliveries without an acknowledgement than its prefetch."),
    Invariant(
      "the queue is no longer than allowed",
      "A queue that drops its head never holds more waiting messages than max-length."),
    Invariant("election safety", "At most one leader in a term of a quorum queue's Raft group."),
    Invariant("log matching", "Logs that agree on an entry agree on all before it."),
    Invariant("leader completeness", "A committed entry is in the log of every later leader."),
    Invariant("state machine safety", "No two brokers apply different entries at an index."),
  ]

  func roster(_ settings: Settings) -> Roster { QueueSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let prefetch = settings.integer("prefetch")
    let batch = settings.integer("ack.batch")
    if prefetch > 0, batch > prefetch {
      throw Diagnostic(
        "An acknowledgement cannot wait for more deliveries than a consumer may hold.",
        found: "ack.batch=\(batch)", expected: "at most the prefetch, \(prefetch)")
    }
    if settings.word("expiring.queue") == "own", settings.number("expiring") == 0 {
      throw Diagnostic(
        "No message carries a time to live, so there is nothing for a queue of their own.",
        found: "expiring.queue=own", expected: "expiring above 0, or expiring.queue=shared")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = QueueSetup(request.settings, mutant: request.mutant)
    var universe = QueueUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    let end = universe.now
    let roster = setup.roster
    let findings = universe.deliveries.findings(
      name: { "Message \($0.number)" }, consumer: { roster.name(NodeID($0)) })
    return Outcome(
      measurements: universe.deliveries.measurements + universe.meters.measurements,
      series: universe.deliveries.series(until: end) + universe.meters.series,
      verdicts: verdicts(setup, universe.violation), findings: findings,
      trace: universe.cluster.environment.trace, duration: end - .zero)
  }

  /// What became of the invariants; those of Raft only where a quorum queue is.
  private func verdicts(
    _ setup: QueueSetup, _ broken: (at: Instant, violation: InvariantViolation)?
  ) -> [InvariantVerdict] {
    let names = invariants.map(\.name).prefix(setup.arguments.kind == .quorum ? 7 : 3)
    return [InvariantVerdict](names, broken)
  }
}
