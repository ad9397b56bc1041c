import Kernel

/// A queue as a value: who waits, who holds what, and what becomes of it.
///
///     enqueue ──▶ waiting ──dispatch──▶ held by a consumer ──ack──▶ gone
///                  ▲   │                    │        │
///                  │   └─ expired, maxlen ──┼─ dead ◀┘ reject, delivery limit
///                  └──────── requeue ───────┘
///
/// A classic queue is one such value on one broker. A quorum queue is the same value driven by a
/// replicated log on several. The differences are that a classic queue puts what is returned back
/// in its original place, while a quorum queue with a delivery limit serves returned messages first
/// and without one puts them at the tail, and that only a quorum queue counts returns.
///
/// Messages expire only at the head: one that is due behind one that is not stays and counts.
/// Sources: rabbitmq-website docs/ttl.md, docs/maxlen.md, docs/priority.md, docs/quorum-queues.
public struct RabbitQueue: Sendable, Hashable {
  /// A consumer of the queue.
  public struct Consumer: Sendable, Hashable {
    /// Who it is.
    public let holder: RabbitHolder
    /// How many deliveries it may hold; 0 is any number.
    public let prefetch: Int
    /// Whether a delivery counts as acknowledged when it is sent.
    public let isAutoAck: Bool
    /// How many it holds.
    public internal(set) var held = 0

    var hasRoom: Bool { prefetch == 0 || held < prefetch }
  }

  /// A delivery without an acknowledgement.
  public struct Held: Sendable, Hashable {
    /// The message.
    public var entry: RabbitQueueEntry
    /// Who holds it.
    public let holder: RabbitHolder
  }

  /// How many messages took which way; `enqueued` is the sum of all others and of those present.
  public struct Tally: Sendable, Hashable {
    /// Taken in.
    public internal(set) var enqueued = 0
    /// Acknowledged, or delivered to who need not.
    public internal(set) var settled = 0
    /// Dead, for whatever reason.
    public internal(set) var died = 0
    /// Purged.
    public internal(set) var purged = 0
    /// Lost by a shortcut.
    public internal(set) var dropped = 0
  }

  /// How it was declared.
  public let arguments: RabbitQueueArguments
  /// Those who wait for messages, the next to be served first.
  public internal(set) var consumers: [Consumer] = []
  /// What happened so far.
  public internal(set) var tally = Tally()
  /// Deliveries without an acknowledgement, by position.
  var held: [Int: Held] = [:]
  /// One lane a priority, the lowest first.
  var lanes: [RabbitLane]
  /// What came back to a quorum queue and is served first.
  var returns = RabbitLane()
  var nextPosition = 0
  var waitingBytes = 0

  /// An empty queue.
  public init(_ arguments: RabbitQueueArguments = RabbitQueueArguments()) {
    self.arguments = arguments
    lanes = Array(repeating: RabbitLane(), count: (arguments.maxPriority ?? 0) + 1)
  }

  /// How many messages wait.
  public var waitingCount: Int { lanes.reduce(returns.count) { $0 + $1.count } }

  /// How many deliveries wait for an acknowledgement.
  public var heldCount: Int { held.count }

  /// What waits, in the order it would be served.
  public var waiting: [RabbitQueueEntry] {
    Array(returns.all) + lanes.reversed().flatMap { Array($0.all) }
  }

  /// What is held, in the order of the queue.
  public var unacknowledged: [Held] { held.values.sorted { $0.entry.position < $1.entry.position } }

  /// The message that would be served next.
  public var head: RabbitQueueEntry? {
    returns.first ?? lanes.last { !$0.isEmpty }?.first
  }

  /// When the message at the head expires.
  public var nextExpiry: Instant? { head?.expiresAt }

  /// The consumer called `holder`.
  public func consumer(_ holder: RabbitHolder) -> Consumer? {
    consumers.first { $0.holder == holder }
  }

  /// The newest message if it stands at `position` and is still in the queue.
  func entry(at position: Int) -> RabbitQueueEntry? {
    if let delivery = held[position] { return delivery.entry }
    for lane in lanes {
      if let entry = lane.all.last, entry.position == position { return entry }
    }
    return nil
  }

  /// Who holds the message at `position`.
  public func holder(of position: Int) -> RabbitHolder? { held[position]?.holder }
}
