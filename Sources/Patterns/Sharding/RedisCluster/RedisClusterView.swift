import Kernel

/// What one node of a Redis cluster believes of the others and of the slots.
struct RedisClusterView: Sendable, Equatable {
  /// One node, as seen from here.
  struct Peer: Sendable, Equatable {
    let node: NodeID
    /// The master it replicates; nil for a master.
    var master: NodeID?
    var configEpoch: UInt64 = 0
    /// Unreachable from here for longer than the node timeout (PFAIL).
    var isSuspected = false
    /// Unreachable for a majority of masters (FAIL), and since when.
    var failedAt: Instant?
    /// When the ping that is unanswered was sent.
    var pingSent: Instant?
    var lastPing = Instant.zero
    var pongReceived = Instant.zero
    /// Masters that cannot reach it, and when they last said so.
    var reports: [Report] = []
    var offset = 0
    /// When this node last voted for a replica of that master.
    var votedAt: Instant?

    var isMaster: Bool { master == nil }
    var isFailed: Bool { failedAt != nil }
  }

  /// A master's word that it cannot reach a node.
  struct Report: Sendable, Equatable {
    let from: NodeID
    var at: Instant
  }

  /// All known nodes, this one included, by node.
  private(set) var peers: [Peer] = []
  /// The owner of each slot, or nil.
  private(set) var owners = [NodeID?](repeating: nil, count: HashSlot.count)
  /// By node: how many slots it owns, and its runs of slots where they are known.
  private var counts: [Int] = []
  private var runs: [[ClosedRange<Int>]?] = []

  /// Whether both hold the same beliefs; what is kept for speed does not count.
  static func == (left: RedisClusterView, right: RedisClusterView) -> Bool {
    left.peers == right.peers && left.owners == right.owners
  }

  func peer(_ node: NodeID) -> Peer? { peers.first { $0.node == node } }

  func place(_ node: NodeID) -> Int? { peers.firstIndex { $0.node == node } }

  mutating func add(_ node: NodeID, at now: Instant) {
    guard place(node) == nil else { return }
    var peer = Peer(node: node)
    peer.pongReceived = now
    peers.append(peer)
    peers.sort { $0.node < $1.node }
  }

  mutating func update(_ node: NodeID, _ body: (inout Peer) -> Void) {
    guard let place = place(node) else { return }
    body(&peers[place])
  }

  mutating func assign(_ slot: Int, to node: NodeID?) {
    guard owners[slot] != node else { return }
    if let old = owners[slot] { forgetRuns(old, change: -1) }
    if let node { forgetRuns(node, change: 1) }
    owners[slot] = node
  }

  private mutating func forgetRuns(_ node: NodeID, change: Int) {
    while counts.count <= node.index {
      counts.append(0)
      runs.append(nil)
    }
    counts[node.index] += change
    runs[node.index] = nil
  }

  /// The number of slots of `node`.
  func slotCount(_ node: NodeID) -> Int { node.index < counts.count ? counts[node.index] : 0 }

  func ownsSlots(_ node: NodeID) -> Bool { slotCount(node) > 0 }

  /// The slots that somebody owns.
  var assignedCount: Int { counts.reduce(0, +) }

  /// The slots of `node` as runs; worked out anew only after a change.
  mutating func slots(of node: NodeID) -> [ClosedRange<Int>] {
    guard ownsSlots(node) else { return [] }
    if let known = runs[node.index] { return known }
    var found: [ClosedRange<Int>] = []
    for slot in owners.indices where owners[slot] == node {
      if let last = found.last, last.upperBound == slot - 1 {
        found[found.count - 1] = last.lowerBound...slot
      } else {
        found.append(slot...slot)
      }
    }
    runs[node.index] = found
    return found
  }

  /// Masters with at least one slot: those who vote.
  var voters: [Peer] { peers.filter { $0.isMaster && ownsSlots($0.node) } }

  /// A majority of the voters.
  var quorum: Int { voters.count / 2 + 1 }
}
