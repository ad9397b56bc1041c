import Kernel

/// The knobs of a workload that goes through a queue or through a log.
enum BrokerChoiceKnobs {
  static let all = design + load

  private static let design = [
    Knob(
      "broker", .choice(["queue", "log"]), standard: .word("queue"),
      "What the orders go through: a RabbitMQ queue, or a topic of Kafka's."),
    Knob(
      "consumers", .integer(1...16), standard: .integer(4),
      "Processes that share the work, as competing consumers or as a consumer group."),
    Knob(
      "prefetch", .integer(0...1_000), standard: .integer(1),
      source: "rabbitmq/rabbitmq-website, docs/confirms.md",
      "How many deliveries a consumer may hold (queue); 0 is any number."),
    Knob(
      "partitions", .integer(1...24), standard: .integer(4), "Partitions of the topic (log)."),
    Knob(
      "max.poll.records", .integer(1...500), standard: .integer(500),
      source: "apache/kafka, ConsumerConfig", "Most records of one poll (log)."),
  ]

  private static let load = [
    Knob(
      "rate", .number(1...500, .perSecond), standard: .number(40), role: .load,
      "Orders a second, of both producers."),
    Knob(
      "keys", .integer(1...1_000), standard: .integer(20), role: .load,
      "Customers; the orders of one are meant to be carried out in their order."),
    Knob(
      "work", .span(.milliseconds(1)...(.seconds(30))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of the work on an order: half to one and a half times that."),
    Knob(
      "slow", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the attempts whose work takes work.slow."),
    Knob(
      "work.slow", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(5)),
      role: .load, "How long the work on a slow order takes."),
    Knob(
      "newcomer.at", .span(.zero...(.minutes(10))), standard: .span(.zero), role: .load,
      "When a new service comes that wants every order, older ones too; 0s is never."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(5))), standard: .span(.seconds(60)), role: .load,
      "How long orders come; then consumers have as long again, 30 to 90 s, to drain."),
  ]
}
