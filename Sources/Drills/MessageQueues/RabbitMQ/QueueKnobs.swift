import Kernel
import Patterns

/// Everything that can be turned in a universe with a queue broker.
enum QueueKnobs {
  private static let site = "rabbitmq/rabbitmq-website, docs/"

  /// How the queue is made.
  static let queue: [Knob] = [
    Knob(
      "queue", .choice(["classic", "quorum"]), standard: .word("classic"),
      source: site + "queues.md",
      "Keep the queue on rabbit-1 alone, or replicate it on all brokers with Raft."),
    Knob(
      "queue.durable", .flag, standard: .flag(true), source: site + "queues.md",
      "Let a classic queue survive a restart of its broker."),
    Knob(
      "message.persistent", .flag, standard: .flag(true), source: site + "queues.md",
      "Write messages of a durable classic queue to disk; quorum queues always do."),
    Knob(
      "message.ttl", .span(.zero ... .minutes(10)), standard: .span(.zero),
      source: site + "ttl.md", "How long a message may wait (x-message-ttl); 0 is for ever."),
    Knob(
      "max-length", .integer(0...100_000), standard: .integer(0), source: site + "maxlength.md",
      "The most messages that may wait (x-max-length); 0 is any number."),
    Knob(
      "overflow", .choice(RabbitQueueArguments.Overflow.allCases.map(\.rawValue)),
      standard: .word("drop-head"), source: site + "maxlength.md",
      "What gives way in a full queue: the oldest message, or the new one."),
    Knob(
      "delivery-limit", .integer(-1...1_000), standard: .integer(20),
      source: site + "quorum-queues/index.md",
      "How often a quorum queue lets a message come back; -1 is for ever."),
    Knob(
      "dead-letter", .flag, standard: .flag(false), source: site + "dlx.md",
      "Give dead messages to a queue of their own, which an operator's tool reads."),
    Knob(
      "expiring.queue", .choice(["shared", "own"]), standard: .word("shared"),
      "Publish messages that carry their own time to live to the same queue, or to one of their "
        + "own."),
  ]

  /// What producers do.
  static let producer: [Knob] = [
    Knob(
      "confirms", .flag, standard: .flag(true), source: site + "confirms.md",
      "Ask the broker to confirm every publish."),
    Knob(
      "producer.retries", .flag, standard: .flag(true),
      "Keep a message until it is confirmed, and publish it again after a broken connection or a "
        + "refusal."),
    Knob(
      "producer.window", .integer(0...10_000), standard: .integer(0),
      "How many publishes may wait for their confirmation at once; 0 is any number."),
    Knob(
      "confirm.timeout", .span(.milliseconds(100) ... .minutes(5)), standard: .span(.seconds(5)),
      "How long a producer waits for a confirmation before it gives its connection up."),
    Knob(
      "refusal.delay", .span(.milliseconds(10) ... .minutes(1)),
      standard: .span(.milliseconds(500)),
      "How long a producer waits before it publishes a refused message again."),
  ]

  /// What consumers do.
  static let consumer: [Knob] = [
    Knob(
      "ack", .choice(["auto", "before-work", "after-work"]), standard: .word("after-work"),
      source: site + "confirms.md",
      "When a delivery counts as done: when it is sent, before the work on it, or after."),
    Knob(
      "ack.batch", .integer(1...1_000), standard: .integer(1), source: site + "confirms.md",
      "How many deliveries one acknowledgement (multiple) covers, if there are so many."),
    Knob(
      "prefetch", .integer(0...10_000), standard: .integer(0), source: site + "confirms.md",
      "How many deliveries a consumer may hold (basic.qos); 0 is any number."),
    Knob(
      "on.failure", .choice(QueueSetup.FailureAction.allCases.map(\.rawValue)),
      standard: .word("requeue"), source: site + "nack.md",
      "What a consumer does when its work fails: put the message back, give it up, or let it "
        + "count as done."),
    Knob(
      "idempotent", .flag, standard: .flag(false),
      "Write each effect and the message's number in one transaction, so that a second application "
        + "does nothing."),
    Knob(
      "consumers", .integer(1...16), standard: .integer(3),
      "How many processes consume."),
  ]

  /// The load and the surroundings.
  static let load: [Knob] = [
    Knob(
      "rate", .number(1...500, .perSecond), standard: .number(50), role: .load,
      "Messages handed over a second, by all producers."),
    Knob(
      "duration", .span(.seconds(5) ... .minutes(5)), standard: .span(.seconds(30)), role: .load,
      "How long messages are handed over."),
    Knob(
      "settle", .span(.seconds(5) ... .minutes(10)), standard: .span(.seconds(60)), role: .load,
      "How long the run goes on without load, so that what is under way can arrive."),
    Knob(
      "producers", .integer(1...8), standard: .integer(2), role: .load,
      "How many processes publish."),
    Knob(
      "keys", .integer(1...1_000), standard: .integer(20), role: .load,
      "How many things messages are about: those of a key are meant to be applied in order."),
    Knob(
      "work", .span(.milliseconds(1) ... .seconds(30)), standard: .span(.milliseconds(20)),
      role: .load,
      "The mean time that a consumer works on a message: half to one and a half times that."),
    Knob(
      "failures", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the attempts at good messages that fail."),
    Knob(
      "poison", .number(0...0.5, .fraction), standard: .number(0), role: .load,
      "Share of the messages that no attempt can handle."),
    Knob(
      "expiring", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the messages that carry a time to live of their own."),
    Knob(
      "expiring.ttl", .span(.milliseconds(100) ... .minutes(5)), standard: .span(.seconds(2)),
      role: .load, "That time to live."),
    Knob(
      "brokers", .integer(1...5), standard: .integer(3), role: .load,
      "How many brokers there are; a classic queue uses the first."),
    Knob(
      "disk.sync", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(4)), role: .load,
      "The median time of a disk's sync."),
    Knob(
      "heartbeat", .span(.seconds(1) ... .minutes(2)), standard: .span(.seconds(10)),
      role: .load,
      "How long either side of a connection bears silence; RabbitMQ's default is 60 s."),
  ]

  /// All of them.
  static let all = queue + producer + consumer + load
}
