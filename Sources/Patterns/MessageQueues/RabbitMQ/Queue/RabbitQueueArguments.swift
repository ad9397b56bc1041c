import Kernel

/// How a queue is declared: its kind, what it bounds and what becomes of messages that it gives up.
///
/// The names of the arguments in the protocol are those of `RabbitPreset.arguments`.
public struct RabbitQueueArguments: Sendable, Hashable {
  /// How the messages of a queue are kept.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// On one broker.
    case classic
    /// On several, by Raft.
    case quorum
  }

  /// What happens to a message that would make the queue longer than allowed.
  public enum Overflow: String, Sendable, Hashable, CaseIterable {
    /// It is taken, and the message at the head is dropped or dead-lettered.
    case dropHead = "drop-head"
    /// It is refused.
    case rejectPublish = "reject-publish"
  }

  /// How its messages are kept.
  public var kind: Kind
  /// Whether it survives a restart of the broker; quorum queues always do.
  public var isDurable: Bool
  /// How long a message may wait; nil is forever, zero that it is delivered at once or expires.
  public var messageTTL: TimeSpan?
  /// The most messages that may wait, deliveries without an acknowledgement not counted.
  public var maxLength: Int?
  /// The most bytes of bodies that may wait.
  public var maxLengthBytes: Int?
  /// What happens beyond that.
  public var overflow: Overflow
  /// The exchange that gets dead messages; nil: they are gone.
  public var deadLetterExchange: String?
  /// The routing key that dead messages get; nil: they keep their own.
  public var deadLetterRoutingKey: String?
  /// The highest priority of a classic queue; nil: priorities do not count.
  public var maxPriority: Int?
  /// How often a quorum queue lets a message be returned; nil is any number of times.
  public var deliveryLimit: Int?
  /// Wrong ways to build a queue, for drills and for tests of the tests; none by default.
  public var shortcuts: Set<RabbitShortcut>

  /// The arguments of a durable queue without bounds; a quorum queue gets the delivery limit of 20
  /// that RabbitMQ has since 4.0.
  public init(
    _ kind: Kind = .classic, isDurable: Bool = true, messageTTL: TimeSpan? = nil,
    maxLength: Int? = nil, maxLengthBytes: Int? = nil, overflow: Overflow = .dropHead,
    deadLetterExchange: String? = nil, deadLetterRoutingKey: String? = nil,
    maxPriority: Int? = nil, deliveryLimit: Int? = 20, shortcuts: Set<RabbitShortcut> = []
  ) {
    self.kind = kind
    self.isDurable = isDurable || kind == .quorum
    self.messageTTL = messageTTL
    self.maxLength = maxLength
    self.maxLengthBytes = maxLengthBytes
    self.overflow = overflow
    self.deadLetterExchange = deadLetterExchange
    self.deadLetterRoutingKey = deadLetterRoutingKey
    self.maxPriority = kind == .classic ? maxPriority : nil
    self.deliveryLimit = kind == .quorum ? deliveryLimit : nil
    self.shortcuts = shortcuts
  }
}

/// A wrong way to build a broker that seems to work.
public enum RabbitShortcut: String, Sendable, Hashable, CaseIterable {
  /// Confirms a publish before its message is on the disk.
  case confirmsBeforeDisk = "confirms-before-disk"
  /// Confirms a publish to a quorum queue when the leader has it, not when a majority has.
  case confirmsBeforeMajority = "confirms-before-majority"
  /// Puts a returned message at the tail instead of where it was.
  case requeuesAtTail = "requeues-at-tail"
  /// Delivers however much a consumer has not acknowledged.
  case ignoresPrefetch = "ignores-prefetch"
  /// Does not count how often a message came back.
  case forgetsDeliveries = "forgets-deliveries"
  /// Drops what a closed channel had not acknowledged instead of putting it back.
  case dropsUnackedOnClose = "drops-unacked-on-close"
  /// Drops a dead message instead of giving it to the dead-letter exchange.
  case dropsDead = "drops-dead"
}
