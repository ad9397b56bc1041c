import Kernel

/// One acknowledged or pending write in a node's log.
public struct FailoverEntry: Sendable, Hashable {
  /// The token of the leader that took it.
  public let token: Int
  /// The number of the request.
  public let request: Int
  /// The key it is about.
  public let key: Int

  /// An entry.
  public init(token: Int, request: Int, key: Int) {
    self.token = token
    self.request = request
    self.key = key
  }
}

/// What nodes, the resource, the lease store and clients say to each other.
public enum FailoverMessage: Sendable, Hashable {
  /// A client wants something written.
  case write(request: Int, key: Int)
  /// The answer: done, or why not.
  case written(request: Int, refusal: Refusal?)
  /// A node tells everybody who takes writes that it is open.
  case announce(token: Int)
  /// A master tells its pair that it is there.
  case advert(priority: Int, token: Int)
  /// A leader's entries that follow the position `after`, whose entry has the token `previous`.
  case ship(token: Int, after: Int, previous: Int, entries: [FailoverEntry])
  /// A follower has this much of the leader's log, or cannot use what it was sent.
  case shipped(token: Int, length: Int, isMatch: Bool)
  /// A candidate reads the lease, or writes it under a condition.
  case leaseAsk(number: Int, LeaseRecord.Command?)
  /// The lease as the store has it.
  case leaseAnswer(number: Int, LeaseRecord)
  /// A leader that cannot reach the store asks whether it is still followed.
  case stillFollowed(number: Int)
  /// It is.
  case follows(number: Int)
  /// A leader writes to the shared resource.
  case store(request: Int, token: Int)
  /// The resource took it, or refused the token.
  case stored(request: Int, isTaken: Bool)
  /// The carts of a node that takes writes beside others.
  case carts([SharedCart])
  /// What Sentinels and the servers they watch say to each other.
  case sentinel(SentinelMessage)
  /// A Sentinel tells a client whom to write to; the epoch says how new that is.
  case primaryIs(NodeID, epoch: Int)
  /// A member of a cluster tells of itself.
  case member(ClusterElection.Sign)
  /// The coordinator of a cluster gives a member the service.
  case activate(token: Int)
  /// The coordinator takes it away.
  case deactivate
  /// A message of the lease store's own consensus.
  case raft(RaftMessage<StampedCommand<LeaseRecord.Command>, LeaseRecord>)

  /// Why a node does not take a write.
  public enum Refusal: String, Sendable, Hashable {
    /// It does not lead.
    case notLeading = "not leading"
    /// It leads, but is still getting ready.
    case opening
    /// The resource knows a later leader.
    case fenced
    /// It failed at the work, though it runs and leads.
    case failing = "an error"
    /// Too few replicas are near enough.
    case tooFewReplicas = "too few replicas"
    /// The key is at home elsewhere.
    case notHome = "not home"
  }
}

/// How nodes that all take writes come to agree on what both changed.
public enum ConflictRule: String, Sendable, Hashable, CaseIterable {
  /// The later timestamp wins, the other change is gone.
  case lastWriteWins = "last-write-wins"
  /// Both changes are kept: the union of a set.
  case merge
  /// Each key is written at one node only, so that there is no conflict.
  case home
}

/// A set of items that every node may add to.
public struct SharedCart: Sendable, Hashable {
  /// The key.
  public let key: Int
  /// The items, in rising order.
  public private(set) var items: [Int]
  /// When it was last changed, by the clock of the node that did it.
  public private(set) var stamp: Instant
  /// Which node that was.
  public private(set) var writer: Int

  /// An empty cart.
  public init(key: Int) {
    self.key = key
    items = []
    stamp = .zero
    writer = -1
  }

  /// Adds an item.
  public mutating func add(_ item: Int, by node: NodeID, at now: Instant) {
    guard !items.contains(item) else { return }
    items.append(item)
    items.sort()
    stamp = max(now, stamp + .nanoseconds(1))
    writer = node.index
  }

  /// Takes in what another node has.
  public mutating func take(_ other: SharedCart, _ rule: ConflictRule) {
    let isLater = (other.stamp, other.writer) > (stamp, writer)
    switch rule {
    case .lastWriteWins, .home: if isLater { self = other }
    case .merge:
      if other.items != items {
        var have = 0
        var union: [Int] = []
        for item in other.items {
          while have < items.count, items[have] < item {
            union.append(items[have])
            have += 1
          }
          if have < items.count, items[have] == item { have += 1 }
          union.append(item)
        }
        items = union + items[have...]
      }
      if isLater { (stamp, writer) = (other.stamp, other.writer) }
    }
  }
}
