import Kernel
import Patterns
import Simulation

/// Producers, an SNS topic, SQS queues and workers under faults.
struct SQSScenario: Scenario {
  let id = "sqs"
  let title = "Amazon SNS and SQS: leases, groups, dead letters"
  let version = 1
  let knobs = SQSKnobs.all
  let fidelity = SQSFidelity.note

  var mutants: [Mutant] { SQSMutant.allCases.map(\.mutant) }

  let metrics =
    DeliveryMeters.metrics + [
      Metric(
        "receives_per_message", .ratio,
        "Receipts by workers over messages that were received at all."),
      Metric("redeliveries", .count, "Receipts of messages that had been received before."),
      Metric("good_set_aside", .count, "Messages set aside although work on them can succeed."),
      Metric("expired", .count, "Messages that queues deleted for their age."),
      Metric("retries", .count, "Times a producer sent a message again."),
      Metric(
        "idle_fraction", .fraction,
        "Share of the workers' time without work, while producers send."),
    ]

  let invariants = [
    Invariant("conservation", "Every message is visible, hidden, deleted, expired or moved."),
    Invariant("receive limit", "No message is out for more receives than maxReceiveCount."),
    Invariant(
      "one receive a lane", "All messages of a group that are in flight have one receive."),
    Invariant("copies", "Every copy of the topic is under way, delivered, kept or dropped."),
    Invariant(
      "one delivery a lane", "A FIFO topic delivers a group to a queue one after the other."),
  ]

  func roster(_ settings: Settings) -> Roster { SQSSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    if settings.span("work.p99") < settings.span("work.p50") {
      throw Diagnostic(
        "The 99th percentile of the work lies below its median.",
        found: "work.p99=\(settings.span("work.p99"))",
        expected: "at least \(settings.span("work.p50"))")
    }
    if !settings.flag("topic"), settings.integer("queues") > 1 {
      throw Diagnostic(
        "Without a topic producers send to one queue.",
        found: "queues=\(settings.integer("queues"))",
        expected: "queues=1, or topic=on")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = SQSSetup(request.settings)
    let mutant = request.mutant.flatMap(SQSMutant.init(rawValue:))
    var universe = SQSUniverse(setup, request, mutant: mutant)
    universe.run()
    return universe.outcome(invariants)
  }
}
