import Kernel

/// RabbitMQ: arguments of queues and settings of channels, under their names in the protocol.
public enum RabbitPreset {
  private static let site = "rabbitmq/rabbitmq-website, docs/"

  /// The arguments with which a queue is declared; zero stands for "not given" in times and lengths.
  public static let arguments: [Knob] = [
    Knob(
      "x-queue-type", .choice(RabbitQueueArguments.Kind.allCases.map(\.rawValue)),
      standard: .word("classic"), source: site + "queues.md",
      "Keep the queue on one broker, or replicate it with Raft."),
    Knob(
      "x-message-ttl", .span(.zero ... .hours(24)), standard: .span(.zero),
      source: site + "ttl.md", "How long a message may wait; 0 is for ever."),
    Knob(
      "x-max-length", .integer(0...1_000_000), standard: .integer(0),
      source: site + "maxlength.md", "The most messages that may wait; 0 is any number."),
    Knob(
      "x-overflow", .choice(RabbitQueueArguments.Overflow.allCases.map(\.rawValue)),
      standard: .word("drop-head"), source: site + "maxlength.md",
      "What gives way in a full queue: the oldest message, or the new one."),
    Knob(
      "x-max-priority", .integer(0...255), standard: .integer(0), source: site + "priority.md",
      "The highest priority of a classic queue; 0 is none."),
    Knob(
      "x-delivery-limit", .integer(-1...1_000), standard: .integer(20),
      source: site + "quorum-queues/index.md",
      "How often a quorum queue lets a message come back; -1 is for ever."),
    Knob(
      "x-dead-letter", .flag, standard: .flag(true), source: site + "dlx.md",
      "Give dead messages to the queue 'dead' by the default exchange."),
  ]

  /// The limit of a channel's consumers.
  public static let prefetch = Knob(
    "prefetch", .integer(0...65_535), standard: .integer(0), source: site + "confirms.md",
    "How many deliveries a consumer may hold (basic.qos); 0 is any number.")

  /// The tool.
  public static let tool = ToolPreset(
    id: "rabbitmq", title: "RabbitMQ 3.10 to 4.2", knobs: arguments + [prefetch],
    leavesOut: [
      "Every return to a quorum queue counts towards the delivery limit, as up to 4.2; since 4.3 "
        + "basic.nack with requeue does not (docs/nack.md).",
      "Policies, streams, exclusive and auto-delete queues, queue expiry, consumer priorities, "
        + "single active consumers, CC and BCC, transactions and memory alarms are left out.",
      "The headers x-last-death-* that newer versions add are left out.",
      "Dead-lettering is at most once; the at-least-once strategy of quorum queues is left out.",
    ])

  /// The arguments that `settings` of `arguments` describe.
  public static func arguments(_ settings: Settings) -> RabbitQueueArguments {
    let ttl = settings.span("x-message-ttl")
    let length = settings.integer("x-max-length")
    let limit = settings.integer("x-delivery-limit")
    let priority = settings.integer("x-max-priority")
    let buries = settings.flag("x-dead-letter")
    return RabbitQueueArguments(
      RabbitQueueArguments.Kind(rawValue: settings.word("x-queue-type")) ?? .classic,
      messageTTL: ttl == .zero ? nil : ttl, maxLength: length == 0 ? nil : length,
      overflow: RabbitQueueArguments.Overflow(rawValue: settings.word("x-overflow")) ?? .dropHead,
      deadLetterExchange: buries ? "" : nil, deadLetterRoutingKey: buries ? "dead" : nil,
      maxPriority: priority == 0 ? nil : priority, deliveryLimit: limit < 0 ? nil : limit)
  }
}
