import Kernel
import Patterns
import Simulation
import Verification

/// One workload through a queue or through a log, on the universes of both brokers.
struct BrokerChoiceScenario: Scenario {
  let id = "queue-or-log"
  let title = "Orders through a queue or through a log"
  let version = 1
  let knobs = BrokerChoiceKnobs.all
  let metrics = DeliveryMeters.metrics + NewcomerMeters.metrics

  private static let queueInvariants = Array(QueueBrokerScenario().invariants.prefix(3))
  private static let logInvariants = LogScenario().invariants

  var invariants: [Invariant] { Self.queueInvariants + Self.logInvariants }

  func roster(_ settings: Settings) -> Roster { BrokerChoiceSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let orders = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      orders, of: "orders", above: 30_000, remedy: "a lower rate or a shorter duration")
    let newcomer = settings.span("newcomer.at")
    if newcomer > settings.span("duration") {
      throw Diagnostic(
        "The new service would come when no order does any more.", found: "newcomer.at=\(newcomer)",
        expected: "at most the duration, \(settings.span("duration"))")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    switch BrokerChoiceSetup(request.settings).broker {
    case .queue(let setup):
      var universe = QueueUniverse(
        setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
      universe.run(until: setup.end)
      return outcome(
        universe.deliveries, universe.newcomer, Self.queueInvariants, universe.violation,
        universe.cluster.environment.trace, at: universe.now
      ) { setup.roster.name(NodeID($0)) }
    case .log(let setup):
      var universe = LogUniverse(
        setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
      universe.run(until: setup.end)
      return outcome(
        universe.meters, universe.newcomer, Self.logInvariants, universe.violation,
        universe.cluster.environment.trace, at: universe.now
      ) { "consumer-\($0 + 1)" }
    }
  }

  private func outcome(
    _ deliveries: DeliveryMeters, _ newcomer: NewcomerMeters, _ invariants: [Invariant],
    _ broken: (at: Instant, violation: InvariantViolation)?, _ trace: Trace, at end: Instant,
    consumer: (Int) -> String
  ) -> Outcome {
    Outcome(
      measurements: deliveries.measurements + newcomer.measurements(deliveries.history),
      series: deliveries.series(until: end),
      verdicts: [InvariantVerdict](invariants.map(\.name), broken),
      findings: deliveries.findings(
        name: { "order \($0.number) of customer \($0.key ?? 0)" }, consumer: consumer),
      trace: trace, duration: end - .zero)
  }

  let fidelity = Fidelity(
    models: [
      "The queue is the RabbitMQ broker of queue-broker, the log the Kafka cluster of log-broker, "
        + "with their producers and consumers.",
      "The same orders a second of as many customers, the same work, as many consumers.",
      "The new service declares a queue of its own at the queue, which a fanout exchange feeds; at "
        + "the log it reads every partition from offset 0.",
    ],
    leavesOut: [
      "One classic queue on one broker against three brokers with three copies: what survives the "
        + "loss of a broker is not compared here.",
      "Each broker draws its own arrivals, so that single orders differ.",
      "RabbitMQ also has streams, which are logs, and super streams, which have partitions; Kafka "
        + "has share groups, which compete for records as consumers of a queue do.",
      "The new service takes no time for its work, and reads partitions without a group.",
    ],
    sources: QueueFidelity.scenario.sources + LogFidelity.note.sources)
}
