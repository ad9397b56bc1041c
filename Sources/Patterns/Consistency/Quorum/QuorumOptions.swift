import Kernel

/// How the nodes of a leaderless store work together.
public struct QuorumOptions: Sendable, Hashable {
  /// How two versions of a key become one.
  public enum Conflicts: String, Sendable, Hashable, CaseIterable {
    /// The highest timestamp wins; the other write is gone.
    case lastWriteWins = "last-write-wins"
    /// Versions that have not seen each other stay side by side until a client merges them.
    case siblings
  }

  /// What a read does about replicas that are behind.
  public enum ReadRepair: String, Sendable, Hashable, CaseIterable {
    /// Nothing.
    case none
    /// Sends them the newest version after the answer.
    case background
    /// Has those of its R replicas that are behind take it before the answer.
    case blocking
  }

  /// All nodes.
  public var nodes: [NodeID]
  /// Nodes that hold a key: N.
  public var copies: Int
  /// Replicas that a read waits for: R.
  public var readQuorum: Int
  /// Replicas that a write waits for: W.
  public var writeQuorum: Int
  /// Whether other nodes stand in for owners that are down, and count.
  public var isSloppy: Bool
  /// Whether writes for a node that is down are kept for it.
  public var keepsHints: Bool
  /// How long a node may be down before nothing more is kept for it.
  public var hintWindow: TimeSpan
  /// What a read does about replicas that are behind.
  public var readRepair: ReadRepair
  /// How often a node compares its data with another; nil is never.
  public var antiEntropy: TimeSpan?
  /// How long a deletion is remembered.
  public var tombstoneLife: TimeSpan
  /// How two versions of a key become one.
  public var conflicts: Conflicts
  /// How long a coordinator waits for replicas.
  public var timeout: TimeSpan
  /// How often nodes tell each other that they live.
  public var heartbeat: TimeSpan
  /// How long a node may be silent before others take it for down.
  public var suspectAfter: TimeSpan
  /// Wrong ways to build it, for drills and for tests of the tests; none by default.
  public var shortcuts: Set<QuorumShortcut> = []
  /// Where keys belong: the first N distinct nodes on the ring from a key on own it, the others
  /// stand in for them in this order.
  private let ring: Ring

  /// Options for `nodes`; N, R and W as is common for Dynamo, the rest as in Cassandra or ours.
  public init(
    nodes: [NodeID], copies: Int = 3, readQuorum: Int = 2, writeQuorum: Int = 2,
    isSloppy: Bool = false, keepsHints: Bool = true, hintWindow: TimeSpan = .hours(3),
    readRepair: ReadRepair = .blocking, antiEntropy: TimeSpan? = nil,
    tombstoneLife: TimeSpan = .hours(240), conflicts: Conflicts = .lastWriteWins,
    timeout: TimeSpan = .seconds(2), heartbeat: TimeSpan = .milliseconds(200),
    suspectAfter: TimeSpan = .seconds(1)
  ) {
    precondition(!nodes.isEmpty, "there must be a node to hold the data")
    self.nodes = nodes
    self.copies = min(copies, nodes.count)
    self.readQuorum = min(readQuorum, self.copies)
    self.writeQuorum = min(writeQuorum, self.copies)
    self.isSloppy = isSloppy
    self.keepsHints = keepsHints
    self.hintWindow = hintWindow
    self.readRepair = readRepair
    self.antiEntropy = antiEntropy
    self.tombstoneLife = tombstoneLife
    self.conflicts = conflicts
    self.timeout = timeout
    self.heartbeat = heartbeat
    self.suspectAfter = suspectAfter
    ring = Ring(nodes)
  }

  /// Every node in the order in which it is asked for `key`, the owners first.
  public func preference(_ key: Int) -> [NodeID] { ring.preference(key) }

  /// The nodes that hold `key`.
  public func owners(_ key: Int) -> [NodeID] { Array(preference(key).prefix(copies)) }

  /// A ring that two options share when they name the same nodes.
  private struct Ring: Sendable, Hashable {
    let nodes: [NodeID]
    let ring: ConsistentHashRing

    init(_ nodes: [NodeID]) {
      self.nodes = nodes
      // 16 tokens a node, as in cassandra.yaml's num_tokens.
      ring = ConsistentHashRing(
        nodes.map { ShardMember($0, name: "n\($0.index + 1)") }, sizing: .perWeight(16))
    }

    func preference(_ key: Int) -> [NodeID] {
      ring.preference(for: KeyHash.xxh64.hash("k\(key)"), count: nodes.count)
    }

    static func == (left: Ring, right: Ring) -> Bool { left.nodes == right.nodes }

    func hash(into hasher: inout Hasher) { hasher.combine(nodes) }
  }
}

/// A wrong way to build a leaderless store that seems to work.
public enum QuorumShortcut: String, Sendable, Hashable, CaseIterable {
  /// Answers a write when one replica has it, whatever W is.
  case answersAfterOne = "answers-after-one"
  /// Read repair sends the oldest version that it saw, and replicas take it.
  case repairsWithOlder = "repairs-with-older"
  /// Drops a hint when its owner is back, without sending it.
  case dropsHints = "drops-hints"
  /// Removes the data at a deletion and remembers nothing.
  case forgetsTombstones = "forgets-tombstones"
  /// Answers a session with whatever R replicas say.
  case ignoresSession = "answers-sessions-from-any"
  /// Keeps whichever version arrives last.
  case keepsLastArrival = "keeps-last-arrival"
}
