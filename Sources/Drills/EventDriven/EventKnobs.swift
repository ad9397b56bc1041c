import Kernel
import Patterns

/// Everything that can be turned in a universe of services that tell each other events.
enum EventKnobs {
  /// The design.
  static let design: [Knob] = [
    Knob(
      "publish", .choice(OrderPublishing.allCases.map(\.rawValue)), standard: .word("outbox"),
      "How the orders service gets an event out: after the commit, before it, or by an outbox "
        + "table and a relay."),
    Knob(
      "relays", .integer(1...4), standard: .integer(1), "Relays that read the outbox table."),
    Knob(
      "relay.claim", .choice(RelayClaim.allCases.map(\.rawValue)), standard: .word("by-key"),
      "How relays share the outbox: not at all, by row locks (SKIP LOCKED), or by key."),
    Knob(
      "relay.poll", .span(.milliseconds(20) ... .minutes(1)), standard: .span(.milliseconds(500)),
      "How long a relay rests after a batch that was not full."),
    Knob(
      "relay.batch", .integer(1...200), standard: .integer(20), "The most rows it reads at once."),
    Knob(
      "inbox", .flag, standard: .flag(true),
      "Whether consumers keep the ids of events in the transaction of their effect."),
    Knob(
      "carries", .choice(["state", "notification"]), standard: .word("state"),
      "Whether events carry the new state, or consumers ask the orders service for it."),
    Knob(
      "versions", .choice(VersionedReplica.Rule.allCases.map(\.rawValue)), standard: .word("park"),
      "What a consumer does about versions: overwrite with what comes last, keep the newest, park "
        + "what is ahead, or fetch the state when something is missing."),
    Knob(
      "reader", .choice(["strict", "tolerant", "converting"]), standard: .word("tolerant"),
      "How consumers read payloads: their version only, whatever has their fields, or with "
        + "converters between versions."),
    Knob(
      "schema.compatibility", .choice(SchemaRegistry.Compatibility.allCases.map(\.rawValue)),
      standard: .word("none"),
      "The rule of the schema registry; a deploy whose schema it refuses does not happen."),
    Knob(
      "schema.readers", .choice(["stay", "first"]), standard: .word("stay"),
      "Whether consumers stay with version 1 of the schema, or are upgraded to version 2 before "
        + "anybody writes it."),
    Knob(
      "schema.both", .flag, standard: .flag(false),
      "Whether a rename writes the old name beside the new one for a while."),
    Knob(
      "FifoQueue", .flag, standard: .flag(true), source: "AWS, CreateQueue and CreateTopic",
      "Whether topic and queues are FIFO, with the order as message group."),
    Knob(
      "VisibilityTimeout", .span(.seconds(1) ... .hours(12)), standard: .span(.seconds(30)),
      source: "AWS, CreateQueue", "How long a received message stays hidden."),
    Knob(
      "maxReceiveCount", .integer(0...100), standard: .integer(5), source: "AWS, RedrivePolicy",
      "Receives after which an event goes to the dead-letter queue; 0 is no dead-letter queue."),
  ]

  /// The load and what the world is like.
  static let load: [Knob] = [
    Knob(
      "subscribers", .integer(1...10), standard: .integer(1), role: .load,
      "Consuming services, each with a queue, a worker and a database."),
    Knob(
      "rate", .number(0.1...200, .perSecond), standard: .number(5), role: .load,
      "Changes of orders a second."),
    Knob("orders", .integer(1...500), standard: .integer(20), role: .load, "Orders."),
    Knob(
      "refused", .number(0...0.5, .fraction), standard: .number(0), role: .load,
      "Share of changes that the database refuses at the commit."),
    Knob(
      "service.time", .span(.microseconds(100) ... .seconds(1)), standard: .span(.milliseconds(2)),
      role: .load, "What a change or a question costs the orders service, one after the other."),
    Knob(
      "commit.time", .span(.milliseconds(1) ... .seconds(5)), standard: .span(.milliseconds(5)),
      role: .load, "Median time between a change's first write and its commit (p99 is ten times)."),
    Knob(
      "consumer.time", .span(.milliseconds(1) ... .minutes(1)), standard: .span(.milliseconds(20)),
      role: .load, "Median time of a consumer's work on one event (p99 is five times)."),
    Knob(
      "schema.change", .choice(["add-optional", "rename", "drop"]),
      standard: .word("add-optional"), role: .load,
      "How version 2 of the event differs: one more field, another name for the state, or no "
        + "courier any more."),
    Knob(
      "schema.at", .span(.zero ... .hours(1)), standard: .span(.zero), role: .load,
      "When version 2 of the event is deployed; 0 is never."),
    Knob(
      "duration", .span(.seconds(10) ... .hours(2)), standard: .span(.minutes(3)), role: .load,
      "How long customers change orders."),
    Knob(
      "settle", .span(.seconds(10) ... .hours(6)), standard: .span(.minutes(4)), role: .load,
      "How long the run goes on after that, with nothing wrong."),
  ]

  /// All of them.
  static let all = design + load
}
