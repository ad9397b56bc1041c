import Kernel

/// A channel: one conversation of one client's connection with a broker.
///
/// Connections are numbered by their clients and never used again, so a channel is known by this
/// to all brokers of a cluster.
public struct RabbitChannelID: Sendable, Hashable, Comparable {
  /// The client.
  public let client: NodeID
  /// The number of the client's connection.
  public let connection: Int
  /// The number of the channel in its connection.
  public let number: Int

  /// Channel `number` of a connection.
  public init(client: NodeID, connection: Int = 1, number: Int = 1) {
    self.client = client
    self.connection = connection
    self.number = number
  }

  /// By client, connection, number.
  public static func < (left: RabbitChannelID, right: RabbitChannelID) -> Bool {
    (left.client, left.connection, left.number) < (right.client, right.connection, right.number)
  }
}

/// Who holds deliveries of a queue: a consumer, or a channel that fetched them with `basic.get`.
public struct RabbitHolder: Sendable, Hashable, Comparable {
  /// The channel.
  public let channel: RabbitChannelID
  /// The consumer tag; nil for what was fetched.
  public let tag: String?

  /// The consumer `tag` of `channel`.
  public init(_ channel: RabbitChannelID, tag: String?) {
    self.channel = channel
    self.tag = tag
  }

  /// By channel, then by tag.
  public static func < (left: RabbitHolder, right: RabbitHolder) -> Bool {
    (left.channel, left.tag ?? "") < (right.channel, right.tag ?? "")
  }
}

/// A message in a queue.
public struct RabbitQueueEntry: Sendable, Hashable {
  /// The place that it took when it was enqueued: a number that no other message of the queue has.
  public let position: Int
  /// The message.
  public let message: RabbitMessage
  /// When it expires, also after it was returned; nil is never.
  public let expiresAt: Instant?
  /// Whether it has been delivered before.
  public internal(set) var isRedelivered = false
  /// How often it came back without an acknowledgement.
  public internal(set) var returns = 0
}

/// Something that happened to the messages of a queue, in order.
public enum RabbitQueueEvent: Sendable, Hashable {
  /// It was handed to a holder, who has not acknowledged it unless `isSettled`.
  case delivered(RabbitQueueEntry, to: RabbitHolder, isSettled: Bool)
  /// It left the queue: its work is done.
  case settled(RabbitQueueEntry)
  /// It left the queue without being worked on.
  case died(RabbitQueueEntry, RabbitDeath.Reason)
  /// It left the queue by an operator's hand.
  case purged(RabbitQueueEntry)
  /// It went back from a holder to those that wait.
  case returned(RabbitQueueEntry, from: RabbitHolder)
}
