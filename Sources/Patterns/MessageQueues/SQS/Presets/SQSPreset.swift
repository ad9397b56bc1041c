import Kernel

/// SQS and SNS under the names of their own parameters.
public enum SQSPreset {
  private static let guide = "github.com/awsdocs/amazon-sqs-developer-guide doc_source/"

  /// What the queue of a scenario or bench can be set to.
  public static let queueKnobs: [Knob] = [
    Knob(
      "FifoQueue", .flag, standard: .flag(false), source: guide + "FIFO-queues.md",
      "Whether queues and topic are FIFO: order by message group, deduplication by id."),
    Knob(
      "VisibilityTimeout", .span(.zero ... .hours(12)), standard: .span(.seconds(30)),
      source: guide + "sqs-visibility-timeout.md",
      "How long a received message stays hidden from other receives."),
    Knob(
      "maxReceiveCount", .integer(0...1_000), standard: .integer(0),
      source: guide + "sqs-dead-letter-queues.md",
      "Receives after which a message goes to the dead-letter queue; 0 is no redrive policy."),
    Knob(
      "MessageRetentionPeriod", .span(.minutes(1) ... .hours(336)), standard: .span(.hours(96)),
      source: guide + "sqs-configure-queue-parameters.md",
      "The age at which a message is deleted from the queue."),
    Knob(
      "dlq.MessageRetentionPeriod", .span(.minutes(1) ... .hours(336)),
      standard: .span(.hours(336)), source: guide + "sqs-dead-letter-queues.md",
      "The same for the dead-letter queue; in a standard queue the age counts from the first send."),
    Knob(
      "DelaySeconds", .span(.zero ... .minutes(15)), standard: .span(.zero),
      source: guide + "sqs-delay-queues.md", "How long a new message stays hidden."),
    Knob(
      "ReceiveMessageWaitTimeSeconds", .span(.zero ... .seconds(20)), standard: .span(.zero),
      source: guide + "sqs-short-and-long-polling.md",
      "How long a receive waits for a message; 0 is short polling."),
    Knob(
      "MaxNumberOfMessages", .integer(1...10), standard: .integer(1),
      source: "API reference of ReceiveMessage", "The most messages that one receive takes."),
  ]

  /// The attributes that `settings` describe; they must hold `queueKnobs`.
  public static func options(_ settings: Settings) -> SQSOptions {
    var options = SQSOptions()
    options.isFifo = settings.flag("FifoQueue")
    options.visibilityTimeout = settings.span("VisibilityTimeout")
    let most = settings.integer("maxReceiveCount")
    options.maxReceiveCount = most == 0 ? nil : most
    options.retention = settings.span("MessageRetentionPeriod")
    options.delay = settings.span("DelaySeconds")
    options.receiveWait = settings.span("ReceiveMessageWaitTimeSeconds")
    return options
  }

  /// The attributes of the dead-letter queue that goes with it.
  public static func deadLetterOptions(_ settings: Settings) -> SQSOptions {
    var options = options(settings)
    options.maxReceiveCount = nil
    options.delay = .zero
    options.receiveWait = .zero
    options.retention = settings.span("dlq.MessageRetentionPeriod")
    return options
  }

  /// The tool, for `--as sns-sqs`.
  public static let tool = ToolPreset(
    id: "sns-sqs", title: "Amazon SNS and SQS, standard and FIFO", knobs: queueKnobs,
    leavesOut: [
      "Throughput quotas (300 calls a second and action of a FIFO queue), message sizes and "
        + "batch sends are left out.",
      "How often a standard queue delivers twice, and on how many servers it spreads messages, is "
        + "not published: four servers, three of them asked by a short poll, are ours.",
      "Approximate counts are exact here.",
    ])
}
