import Kernel
import Patterns

/// Everything that can be turned in a universe of SNS and SQS.
enum SQSKnobs {
  /// Producers and workers, as far as they are the learner's.
  static let clients: [Knob] = [
    Knob(
      "topic", .flag, standard: .flag(true),
      "Whether producers publish to an SNS topic that feeds the queues; off sends to one queue."),
    Knob(
      "MessageGroupId", .choice(["key", "tenant"]), standard: .word("key"),
      "What makes a message group of a FIFO queue: each key, or everything together."),
    Knob(
      "MessageDeduplicationId", .choice(["message", "attempt"]), standard: .word("message"),
      "Whether a message keeps its deduplication id when it is sent again."),
    Knob(
      "producer.attempts", .integer(1...100), standard: .integer(5),
      "How often a producer sends a message until it is accepted."),
    Knob(
      "producer.timeout", .span(.milliseconds(100) ... .minutes(10)), standard: .span(.seconds(5)),
      "How long a producer waits for the answer before it sends again."),
    Knob(
      "producer.waits", .flag, standard: .flag(true),
      "Whether the next message of a group waits until the one before it is accepted."),
    Knob(
      "worker.heartbeat", .span(.zero ... .hours(1)), standard: .span(.zero),
      "How often a worker extends the visibility of what it holds, by ChangeMessageVisibility to "
        + "VisibilityTimeout; 0 never does."),
    Knob(
      "worker.deletes", .choice(["after", "before"]), standard: .word("after"),
      "Whether a worker deletes a message after its work or on receipt."),
    Knob(
      "worker.idempotent", .flag, standard: .flag(false),
      "Whether the workers' database keeps the ids of what was done, in the same transaction."),
    Knob(
      "worker.poll", .span(.milliseconds(50) ... .minutes(1)), standard: .span(.seconds(1)),
      "How long a worker waits after a receive that found nothing."),
  ]

  /// The load and what the world is like.
  static let load: [Knob] = [
    Knob("producers", .integer(1...20), standard: .integer(2), role: .load, "Producers."),
    Knob(
      "queues", .integer(1...4), standard: .integer(1), role: .load,
      "Queues, each with a dead-letter queue; with the topic each gets a copy of every message."),
    Knob(
      "workers", .integer(1...40), standard: .integer(4), role: .load, "Workers on each queue."),
    Knob(
      "rate", .number(0.01...200, .perSecond), standard: .number(2), role: .load,
      "Messages a second by all producers together."),
    Knob(
      "keys", .integer(1...1_000), standard: .integer(20), role: .load,
      "Keys that messages are about, equally often."),
    Knob(
      "work.p50", .span(.milliseconds(1) ... .hours(6)), standard: .span(.milliseconds(500)),
      role: .load, "Median time of the work on one message (lognormal)."),
    Knob(
      "work.p99", .span(.milliseconds(1) ... .hours(12)), standard: .span(.seconds(2)),
      role: .load, "99th percentile of it."),
    Knob(
      "poison.every", .integer(0...10_000), standard: .integer(0), role: .load,
      "Each so-many-th message fails whenever it is worked on; 0 is none."),
    Knob(
      "missed.deletes", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Probability that a server of a standard queue misses a delete and brings the message back "
        + "after 60 s; AWS says rare, without a figure."),
    Knob(
      "operator.every", .span(.seconds(1) ... .hours(48)), standard: .span(.minutes(1)),
      role: .load, "How often somebody looks into the dead-letter queues and empties them."),
    Knob(
      "duration", .span(.seconds(10) ... .hours(72)), standard: .span(.minutes(10)), role: .load,
      "How long producers send."),
    Knob(
      "settle", .span(.seconds(10) ... .hours(72)), standard: .span(.minutes(10)), role: .load,
      "How long the run goes on after that, with nothing wrong."),
  ]

  /// All of them.
  static let all = SQSPreset.queueKnobs + clients + load
}
