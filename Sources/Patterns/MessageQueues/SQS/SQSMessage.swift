import Kernel

/// What a producer hands to a queue: the parameters of `SendMessage`.
public struct SQSEntry<Body: Sendable & Hashable>: Sendable, Hashable {
  /// The body.
  public let body: Body
  /// `DelaySeconds`: how long it stays hidden at first, instead of the queue's; not on FIFO queues.
  public let delay: TimeSpan?
  /// `MessageGroupId`: the ordered lane; FIFO queues need one.
  public let group: String?
  /// `MessageDeduplicationId`; nil lets a FIFO queue with content-based deduplication take the body.
  public let deduplication: String?

  /// An entry.
  public init(
    _ body: Body, delay: TimeSpan? = nil, group: String? = nil, deduplication: String? = nil
  ) {
    self.body = body
    self.delay = delay
    self.group = group
    self.deduplication = deduplication
  }
}

/// What stands for one receipt of a message: a new one each time it is received.
public struct ReceiptHandle: Sendable, Hashable {
  /// The place of the message in the order of sending to its queue.
  public let sequence: Int
  /// The number of the receipt among all receipts of the queue.
  public let receipt: Int
}

/// A message as a consumer gets it.
public struct SQSDelivery<Body: Sendable & Hashable>: Sendable, Hashable {
  /// The id that its sending gave; in a dead-letter queue that of its source queue.
  public let messageID: Int
  /// The body.
  public let body: Body
  /// What to delete it with.
  public let handle: ReceiptHandle
  /// `ApproximateReceiveCount`, this receipt included.
  public let receiveCount: Int
  /// `SentTimestamp`.
  public let sentAt: Instant
  /// The lane, for FIFO queues.
  public let group: String?
}

/// A message on its way from a source queue to its dead-letter queue.
public struct SQSDeadLetter<Body: Sendable & Hashable>: Sendable, Hashable {
  /// The id that it had in the source queue.
  public let messageID: Int
  /// The body.
  public let body: Body
  /// When it was first sent.
  public let sentAt: Instant
  /// The lane, for FIFO queues.
  public let group: String?

  /// A message on its way.
  public init(messageID: Int, body: Body, sentAt: Instant, group: String?) {
    self.messageID = messageID
    self.body = body
    self.sentAt = sentAt
    self.group = group
  }
}

/// Why a queue refused a call, by the names of the service.
public enum SQSRefusal: String, Sendable, Hashable {
  /// A FIFO queue got no `MessageGroupId`.
  case missingGroup = "MissingParameter: MessageGroupId"
  /// A FIFO queue without content-based deduplication got no `MessageDeduplicationId`.
  case missingDeduplication = "InvalidParameterValue: no MessageDeduplicationId"
  /// A FIFO queue takes no delay for a single message.
  case delayOnFifo = "InvalidParameterValue: DelaySeconds on a FIFO message"
  /// The receipt is not the one that holds the message now.
  case handleExpired = "InvalidParameterValue: the receipt handle has expired"
  /// The message is not in flight.
  case notInFlight = "MessageNotInflight"
  /// The new timeout would end more than 12 hours after the receipt.
  case beyondLimit = "InvalidParameterValue: total VisibilityTimeout beyond 43200 s"
  /// As many messages are in flight as the queue allows.
  case overLimit = "OverLimit"
}
