import Kernel

/// A time in which one broker numbers what it asks of a quorum queue.
public struct RabbitSession: Sendable, Hashable, Comparable {
  /// The broker.
  public let node: NodeID
  /// Which of its lives, from 0.
  public let life: Int
  /// Which session of that life with this queue, from 0: a new one begins when the queue has given
  /// the last one up.
  public let attempt: Int

  /// A session of life `life` of `node`.
  public init(_ node: NodeID, life: Int, attempt: Int = 0) {
    self.node = node
    self.life = life
    self.attempt = attempt
  }

  /// By broker, then by age.
  public static func < (left: RabbitSession, right: RabbitSession) -> Bool {
    (left.node, left.life, left.attempt) < (right.node, right.life, right.attempt)
  }
}

/// What a broker asks of a quorum queue: an entry of the queue's Raft log.
///
/// A broker sends a command again until it hears what became of it, so the same one may stand in
/// the log twice; the number makes the second do nothing.
public struct RabbitQuorumCommand: Sendable, Hashable {
  /// What is asked.
  public enum Action: Sendable, Hashable {
    /// Take a message.
    case enqueue(RabbitMessage)
    /// Serve a consumer.
    case consume(RabbitHolder, prefetch: Int, autoAck: Bool)
    /// Serve it no longer.
    case cancel(RabbitHolder)
    /// Hand over the head.
    case get(RabbitChannelID, autoAck: Bool)
    /// Settle deliveries.
    case settle(RabbitHolder, positions: [Int], RabbitQueue.Verdict)
    /// Forget a channel.
    case forget(RabbitChannelID)
    /// Remove what waits.
    case purge
    /// Only look at the time.
    case note
    /// A broker is gone, with all its sessions: what its channels held goes back.
    case nodeDown(NodeID)
  }

  /// Who asks.
  public let session: RabbitSession
  /// The number of the command in its session, from 1; 0 for what the leader asks by itself.
  public let number: Int
  /// The lowest number of which the session does not know the result yet.
  public let lowestPending: Int
  /// Up to which number the session has received deliveries.
  public let receivedUpTo: Int
  /// What is asked.
  public let action: Action
  /// The time by the clock of the leader that wrote it to the log.
  public internal(set) var at: Instant

  /// A command; the leader stamps it.
  public init(
    _ session: RabbitSession, number: Int, lowestPending: Int, receivedUpTo: Int, _ action: Action
  ) {
    self.session = session
    self.number = number
    self.lowestPending = lowestPending
    self.receivedUpTo = receivedUpTo
    self.action = action
    at = .zero
  }
}

/// What became of a command.
public enum RabbitQuorumResult: Sendable, Hashable {
  /// It was done.
  case done
  /// The queue is full and rejects.
  case rejected
  /// The head, or nil when nothing waited, and how many wait now.
  case fetched(RabbitQueueEntry?, waiting: Int)
  /// So many messages were removed.
  case purged(Int)
}

/// A delivery on its way from a quorum queue to the broker that has the consumer's channel.
public struct RabbitQuorumDelivery: Sendable, Hashable {
  /// Its number in the session, from 1 without gaps.
  public let number: Int
  /// The message.
  public let entry: RabbitQueueEntry
  /// The consumer.
  public let holder: RabbitHolder
  /// Whether it needs no acknowledgement.
  public let isSettled: Bool
}
