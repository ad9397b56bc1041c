import Kernel
import Patterns

/// Everything that can be turned in a universe of NATS.
enum NATSKnobs {
  static let own: [Knob] = [
    Knob(
      "delivery", .choice(["core", "pull", "push"]), standard: .word("pull"),
      "Core subscriptions with a queue group a service, or a stream with a pull or push consumer "
        + "each."),
    Knob(
      "storage", .choice(["file", "memory"]), standard: .word("file"),
      source: "nats-io/nats.docs, nats-concepts/jetstream/streams.md",
      "Where the stream is kept; memory does not outlive the server."),
    Knob(
      "sync_interval", .span(.zero ... .minutes(10)), standard: .span(.minutes(2)),
      source: "docs.nats.io, JetStream, syncing data to disk",
      "How often the file is synced to disk; 0 is `always`, each write before its answer."),
    Knob(
      "Nats-Msg-Id", .flag, standard: .flag(true),
      "Whether a publisher's attempts carry one id, by which the stream knows repeats."),
    Knob(
      "batch", .integer(1...1_000), standard: .integer(1),
      "The most messages that one pull asks for."),
    Knob(
      "pending.limit", .integer(1...1_000_000), standard: .integer(65_536),
      source: "nats-io/nats.docs, slow consumers",
      "The most pushed messages that a client library buffers; more are dropped."),
    Knob(
      "in.progress", .span(.zero ... .minutes(10)), standard: .span(.zero),
      "How often a worker says +WPI, work in progress; 0 never does."),
  ]

  static let load: [Knob] =
    StreamSetup.load + [
      Knob(
        "size", .integer(1...1_048_576), standard: .integer(1_024), role: .load,
        "The size of a message in bytes.")
    ]

  /// All of them.
  static let all = own + NATSPreset.knobs + StreamSetup.clients + load
}
