import Kernel
import Simulation

/// What the driver of a run counts beside the history of deliveries.
struct StreamTally: Sendable {
  /// A message of one service.
  struct Copy: Sendable, Hashable {
    let number: Int
    let subscription: Int
  }

  private(set) var handed: [Copy: Int] = [:]
  var deliveries = 0
  var retries = 0
  var repeated = 0
  var discarded = 0
  var timedOut = 0
  var givenUp = 0
  var dropped = 0
  var cutOffs = 0
  var claimed = 0
  var claimedAlive = 0
  var failovers = 0
  var overwritten = 0

  mutating func hand(_ number: Int, at subscription: Int) {
    handed[Copy(number: number, subscription: subscription), default: 0] += 1
    deliveries += 1
  }

  private static func count(_ name: String, _ value: Int) -> Measurement {
    Measurement(name, Double(value), .count)
  }

  /// The figures of both scenarios.
  var common: [Measurement] {
    [
      Measurement(
        "deliveries_per_message",
        handed.isEmpty ? nil : Double(deliveries) / Double(handed.count), .ratio),
      Self.count("redeliveries", deliveries - handed.count), Self.count("retries", retries),
      Self.count("discarded", discarded), Self.count("cut_offs", cutOffs),
      Self.count("dropped", dropped),
    ]
  }

  var nats: [Measurement] {
    common + [
      Self.count("deduplicated", repeated), Self.count("ack_timeouts", timedOut),
      Self.count("given_up", givenUp),
    ]
  }

  var redis: [Measurement] {
    common + [
      Self.count("claimed", claimed), Self.count("claimed_alive", claimedAlive),
      Self.count("failovers", failovers), Self.count("overwritten", overwritten),
    ]
  }

  static let commonMetrics = [
    Metric(
      "deliveries_per_message", .ratio,
      "Times a message was handed to a worker, over messages that were handed out at all."),
    Metric("redeliveries", .count, "Hand-outs of messages that their service had had before."),
    Metric("retries", .count, "Times a publisher sent a message again."),
    Metric("discarded", .count, "Messages that the broker removed for the stream's limits."),
    Metric("cut_offs", .count, "Connections that the broker closed because nobody read them."),
    Metric(
      "dropped", .count, "Messages that a client's library dropped because its buffer was full."),
  ]

  static let natsMetrics =
    commonMetrics + [
      Metric("deduplicated", .count, "Publishes that the stream knew by their id."),
      Metric("ack_timeouts", .count, "Times the wait for an acknowledgement was over."),
      Metric("given_up", .count, "Messages given up after MaxDeliver hand-outs."),
    ]

  static let redisMetrics =
    commonMetrics + [
      Metric("claimed", .count, "Entries that a worker took over from others."),
      Metric(
        "claimed_alive", .count, "Of these, entries on which another worker was still at work."),
      Metric("failovers", .count, "Times the other server was made the primary."),
      Metric(
        "overwritten", .count,
        "Entries that a former primary dropped because the new one never had them."),
    ]
}
