import Kernel
import Patterns
import Simulation

/// An orders service whose changes other services must hear of.
struct EventScenario: Scenario {
  let id = "event-driven"
  let title = "Event-driven services: outbox, inbox, order, schemas"
  let version = 1
  let knobs = EventKnobs.all
  let metrics = DeliveryMeters.metrics + EventRecord.metrics
  let fidelity = EventFidelity.note

  var mutants: [Mutant] { EventMutant.allCases.map(\.mutant) }

  let invariants = [
    Invariant(
      "no event without a row", "The outbox holds no event that is ahead of its row's version."),
    Invariant("commit order", "The events of an order stand in the outbox in version order."),
    Invariant(
      "one event an aggregate under way", "A relay has one event of an order under way."),
    Invariant("conservation", "Every message is visible, hidden, deleted, expired or moved."),
    Invariant("receive limit", "No message is out for more receives than maxReceiveCount."),
    Invariant(
      "one receive a lane", "All messages of a group that are in flight have one receive."),
    Invariant("copies", "Every copy of the topic is under way, delivered, kept or dropped."),
    Invariant(
      "one delivery a lane", "A FIFO topic delivers a group to a queue one after the other."),
  ]

  func roster(_ settings: Settings) -> Roster { EventSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    if settings.word("carries") == "notification", settings.span("schema.at") > .zero {
      throw Diagnostic(
        "A notification has no payload whose schema could change.",
        found: "carries=notification", expected: "carries=state, or schema.at=0s")
    }
    if settings.flag("schema.both"), settings.word("schema.change") != "rename" {
      throw Diagnostic(
        "Only a renamed field has two names.", found: "schema.both=on",
        expected: "schema.both=off, or schema.change=rename")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = EventSetup(request.settings)
    let mutant = request.mutant.flatMap(EventMutant.init(rawValue:))
    var universe = EventUniverse(setup, request, mutant: mutant)
    universe.run()
    return universe.outcome(invariants)
  }
}
