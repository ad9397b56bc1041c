import Kernel

/// The attributes of a queue, and what of the service around it is modelled.
public struct SQSOptions: Sendable, Hashable {
  /// `FifoQueue`: lanes with order and deduplication, or a standard queue.
  public var isFifo = false
  /// `VisibilityTimeout`: how long a received message stays hidden; up to 12 hours.
  public var visibilityTimeout = TimeSpan.seconds(30)
  /// `MessageRetentionPeriod`: the age at which a message is deleted, wherever it stands.
  public var retention = TimeSpan.hours(96)
  /// `DelaySeconds`: how long a new message stays hidden.
  public var delay = TimeSpan.zero
  /// `ReceiveMessageWaitTimeSeconds`: how long a receive without a wait of its own waits.
  public var receiveWait = TimeSpan.zero
  /// `maxReceiveCount` of the redrive policy; nil is no dead-letter queue.
  public var maxReceiveCount: Int?
  /// `ContentBasedDeduplication`: equal bodies count as one message when no id is given.
  public var contentBasedDeduplication = false
  /// How many messages may be in flight.
  public var inFlightLimit = 120_000
  /// On how many servers a standard queue spreads its messages.
  public var servers = 4
  /// How many of them a short poll asks.
  public var sampledServers = 3
  /// The probability that a server that keeps a copy is away during a delete, so that the message
  /// comes back (standard queues only).
  public var missedDelete = 0.0
  /// How long such a server stays away.
  public var serverOutage = TimeSpan.seconds(60)
  /// Wrong ways to build a queue; none by default.
  public var shortcuts: Set<SQSShortcut> = []

  /// The defaults of a standard queue.
  public init() {}

  /// The longest time a message may stay hidden after one receipt.
  public static let longestVisibility = TimeSpan.hours(12)
  /// How long a FIFO queue remembers a deduplication id.
  public static let deduplicationInterval = TimeSpan.minutes(5)
  /// The most messages in one receive.
  public static let largestReceive = 10
}

/// A wrong way to build a queue that seems to work.
public enum SQSShortcut: String, Sendable, Hashable, CaseIterable {
  /// `ChangeMessageVisibility` counts from the receipt, not from the call.
  case visibilityFromReceipt = "visibility-from-receipt"
  /// A FIFO queue hands out a message of a lane that has another in flight.
  case opensBusyLanes = "opens-busy-lanes"
  /// Deleting a message forgets its deduplication id.
  case forgetsOnDelete = "forgets-on-delete"
  /// The receive count begins anew when the visibility timeout ends.
  case forgetsReceives = "forgets-receives"
}
