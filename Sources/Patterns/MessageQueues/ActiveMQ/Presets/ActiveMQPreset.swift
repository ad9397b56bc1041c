import Kernel

/// ActiveMQ Classic: the client's prefetch and redelivery policies.
public enum ActiveMQPreset {
  private static let policy = "apache/activemq, RedeliveryPolicy.java"
  private static let prefetch = "apache/activemq, ActiveMQPrefetchPolicy.java"

  /// The queue that poison messages go to unless a strategy names another.
  ///
  /// Source: apache/activemq, SharedDeadLetterStrategy.java.
  public static let deadLetterQueue = "ActiveMQ.DLQ"

  /// The parameters, under their own names.
  public static let tool = ToolPreset(
    id: "activemq", title: "ActiveMQ Classic, Java client",
    knobs: [
      Knob(
        "queuePrefetch", .integer(1...32_767), standard: .integer(1_000), source: prefetch,
        "How many messages of a queue a consumer is sent ahead."),
      Knob(
        "maximumRedeliveries", .integer(-1...1_000), standard: .integer(6), source: policy,
        "How often a rolled-back message is handed over again; -1 is for ever."),
      Knob(
        "initialRedeliveryDelay", .span(.zero ... .hours(1)), standard: .span(.seconds(1)),
        source: policy, "The wait before the first redelivery."),
      Knob(
        "redeliveryDelay", .span(.zero ... .hours(1)), standard: .span(.seconds(1)),
        source: policy, "The wait where initialRedeliveryDelay is 0."),
      Knob(
        "maximumRedeliveryDelay", .span(.zero ... .hours(24)), standard: .span(.zero),
        source: policy, "The longest wait with back-off; 0 is none (-1 in ActiveMQ)."),
      Knob(
        "useExponentialBackOff", .flag, standard: .flag(false), source: policy,
        "Make each wait a multiple of the one before."),
      Knob(
        "backOffMultiplier", .number(1...100, .ratio), standard: .number(5), source: policy,
        "The multiple."),
      Knob(
        "useCollisionAvoidance", .flag, standard: .flag(false), source: policy,
        "Move each wait by chance, up to 15 % either way."),
    ],
    leavesOut: [
      "Topics, durable subscribers, selectors, message groups, transactions over several messages "
        + "and the broker's own redelivery plugin are left out.",
      "The broker's own redelivery counter, which goes up when a connection is lost, is left out: "
        + "a new client counts from the start.",
      "A dispatched message counts against the prefetch until it is acknowledged; optimised "
        + "acknowledgements in batches are left out.",
    ])

  /// The policy that `settings` of the tool's knobs describe.
  public static func policy(_ settings: Settings) -> ActiveMQRedeliveryPolicy {
    let maximum = settings.integer("maximumRedeliveries")
    let longest = settings.span("maximumRedeliveryDelay")
    return ActiveMQRedeliveryPolicy(
      maximumRedeliveries: maximum < 0 ? nil : maximum,
      initialRedeliveryDelay: settings.span("initialRedeliveryDelay"),
      redeliveryDelay: settings.span("redeliveryDelay"),
      maximumRedeliveryDelay: longest == .zero ? nil : longest,
      useExponentialBackOff: settings.flag("useExponentialBackOff"),
      backOffMultiplier: settings.number("backOffMultiplier"),
      useCollisionAvoidance: settings.flag("useCollisionAvoidance"))
  }
}
