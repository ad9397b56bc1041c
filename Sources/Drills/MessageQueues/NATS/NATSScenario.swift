import Kernel
import Patterns
import Simulation

/// Publishers, a NATS server and the workers of some services under faults.
struct NATSScenario: Scenario {
  let id = "nats"
  let title = "NATS and JetStream: subscriptions, streams, consumers"
  let version = 1
  let knobs = NATSKnobs.all
  let metrics = DeliveryMeters.metrics + StreamTally.natsMetrics
  let fidelity = NATSFidelity.note

  var mutants: [Mutant] { NATSMutant.allCases.map(\.mutant) }

  let invariants = [
    Invariant("pending limit", "No more bytes wait for a client than max_pending."),
    Invariant("subscriptions belong to clients", "Nobody who is gone is still subscribed."),
    Invariant(
      "unacknowledged stays within MaxAckPending", "No consumer has more out than it may."),
    Invariant(
      "ack floor stays below what is pending", "Nothing that is out lies at or below the floor."),
    Invariant(
      "deliveries stay within MaxDeliver", "Nothing is handed out more often than allowed."),
    Invariant("a stream obeys its limits", "A stream has no more than max_msgs messages."),
  ]

  func roster(_ settings: Settings) -> Roster { NATSSetup.make(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    try StreamSetup.validate(settings)
    if settings.word("delivery") == "push", settings.integer("workers") > 1 {
      throw Diagnostic(
        "A push consumer delivers to one client here.",
        found: "workers=\(settings.integer("workers"))", expected: "workers=1, or delivery=pull")
    }
    guard settings.word("retention") == "workqueue" else { return }
    if settings.word("ack_policy") != "explicit" {
      throw Diagnostic(
        "A work queue needs explicit acknowledgements, as JetStream says (error 10098).",
        found: "ack_policy=\(settings.word("ack_policy"))", expected: "ack_policy=explicit")
    }
    if settings.integer("services") > 1 {
      throw Diagnostic(
        "A work queue has one consumer for a subject, as JetStream says (error 10099).",
        found: "services=\(settings.integer("services"))", expected: "services=1")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let mutant = request.mutant.flatMap(NATSMutant.init(rawValue:))
    let setup = NATSSetup.make(request.settings, seed: request.seed, mutant: mutant)
    var universe = StreamUniverse(setup, request)
    universe.run()
    let own = universe.tally.nats
    return universe.outcome(invariants, own)
  }
}

/// What the model of NATS keeps and leaves out.
enum NATSFidelity {
  static let note = Fidelity(
    models: [
      "The server is the machine that replays recordings of nats-server 2.9.10: subjects, queue "
        + "groups, streams, deduplication, consumers, acknowledgements, redelivery.",
      "What is pushed goes over connections: the network holds 256 KiB, the rest waits in the "
        + "server, and max_pending and write_deadline decide when a client is cut off. It connects "
        + "again after 2 s.",
      "A file store is synced every sync_interval; a crash of the server is that of its machine and "
        + "loses what was not synced, consumer positions included.",
      "Loss, duplicates and order are read from what publishers and workers saw.",
    ],
    leavesOut: [
      "One server: streams with replicas (R3, R5) and their elections are left out, and so is what "
        + "replication does for writes that one disk has not got.",
      "A crash of the server process alone would keep what the kernel has; here it takes the machine "
        + "along.",
      "A core publisher sends once; client libraries buffer while they reconnect, here that is lost.",
      "A pull of a dead worker stays open for up to 5 s and may be served; the real server sees that "
        + "the reply subject has no subscriber.",
      "Pushed messages of a stream do not count towards max_pending here.",
    ],
    sources: [
      "nats-io/nats-server: server/const.go, client.go, stream.go, consumer.go, errors.json",
      "nats-io/nats.docs: core NATS, JetStream, slow consumers",
      "https://docs.nats.io/nats-concepts/jetstream (syncing data to disk)",
    ])

  static let bench = Fidelity(
    models: [note.models[0]],
    leavesOut: [
      "You are all clients; calls take no time and nothing gets lost on the way.",
      "A subscriber reads at once unless you pause it.", note.leavesOut[0],
    ], sources: note.sources)
}
