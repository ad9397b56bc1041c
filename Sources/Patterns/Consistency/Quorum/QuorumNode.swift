import Kernel

/// A node of a leaderless store: it keeps its part of the keys, and coordinates what clients ask it.
///
/// A coordinator sends a write to all owners of the key and answers when W have it on disk; it asks
/// all owners and answers when R have answered, with the newest of what they hold. Where too few are
/// believed to live it refuses at once, and nothing has happened. Where too few answer in time it
/// stays silent: a write may then be on some replicas, and nobody knows.
///
/// Sources: DeCandia et al., "Dynamo: Amazon's highly available key-value store", SOSP 2007; Apache
/// Cassandra's documentation for the difference between unavailable and timed out, blocking read
/// repair, hints with a window and tombstones with gc_grace_seconds.
public struct QuorumNode: Machine {
  /// What can happen to it.
  public enum Input: Sendable {
    /// The process starts.
    case started
    /// A client asks something; `context` is what it got with the value that it read.
    case asked(StoreRequest, context: VersionVector, from: NodeID)
    /// A node says something.
    case received(QuorumMessage, from: NodeID)
    /// Time to look what is due.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Answer a client: the result, and for a read all siblings with the context to hand back.
    case reply(StoreReply, siblings: [QuorumValue], context: VersionVector, to: NodeID)
    /// Send a message.
    case send(QuorumMessage, to: NodeID)
    /// Wake it at that time; with every heartbeat it looks at everything that may be due.
    case wakeMe(at: Instant)
    /// Write to disk before anything that follows.
    case persist(QuorumStorage.Record)
    /// It takes a node for down, or for up again.
    case suspects(NodeID, silent: TimeSpan)
    /// It hands hints over to a node that is back.
    case handsOff(count: Int, to: NodeID)
    /// It keeps no hint, because the node has been down for longer than the window.
    case refusesHint(for: NodeID)
    /// It removed a tombstone.
    case forgets(key: Int)
  }

  /// An operation that a coordinator has under way.
  struct Operation: Sendable, Hashable {
    enum Step: Sendable, Hashable {
      /// Waits for W confirmations.
      case writing(QuorumCell)
      /// Waits for R answers.
      case reading
      /// Waits for the replicas that blocking read repair wrote to.
      case repairing(QuorumCell, left: [NodeID])
      /// The client has its answer; the rest is waited for to repair.
      case answered
    }

    let request: StoreRequest
    let client: NodeID
    let targets: [NodeID]
    let deadline: Instant
    var step: Step
    var confirmed: [NodeID] = []
    var answers: [Answer] = []
  }

  /// What a replica answered to a read.
  struct Answer: Sendable, Hashable {
    let node: NodeID
    var cell: QuorumCell?
  }

  /// The node.
  public let id: NodeID
  let options: QuorumOptions
  let life: Int
  /// What it holds, by key.
  public internal(set) var cells: [Int: QuorumCell]
  /// What it keeps for others, oldest first.
  public internal(set) var hints: [QuorumHint]
  var operations: [QuorumToken: Operation] = [:]
  /// Hints that were sent and are not confirmed yet.
  var handoffs: [QuorumToken: QuorumHint] = [:]
  var handedOffAt = Instant.zero
  var count = 0
  /// When each node was last heard.
  var heard: [NodeID: Instant] = [:]
  var suspected: Set<NodeID> = []
  var beatAt: Instant?
  var compareAt: Instant?
  var turn = 0

  /// The node `id` with what its disk holds; it does nothing before it is started.
  ///
  /// `life` counts its starts, so that answers to a former life are not taken for new ones.
  public init(_ id: NodeID, storage: QuorumStorage, life: Int = 0, options: QuorumOptions) {
    self.id = id
    self.options = options
    self.life = life
    cells = storage.cells
    hints = storage.hints
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .started:
      for node in others { heard[node] = now }
      beatAt = now
      compareAt = options.antiEntropy.map { now + $0 }
      wake(at: now, &outputs)
    case .asked(let request, let context, let client):
      coordinate(request, context, for: client, at: now, &outputs)
    case .received(let message, let sender):
      heard[sender] = now
      suspected.remove(sender)
      take(message, from: sender, at: now, &outputs)
    case .wake: wake(at: now, &outputs)
    }
    return outputs
  }

  /// What must always hold.
  public func checkInvariants() -> InvariantViolation? {
    for hint in hints where hint.target == id || !options.owners(hint.key).contains(hint.target) {
      return InvariantViolation(
        "hints are for owners",
        witness: "\(id) keeps k\(hint.key) for \(hint.target), which does not own it")
    }
    for key in cells.keys.sorted() {
      guard case .siblings(let set)? = cells[key] else { continue }
      for sibling in set.siblings where !set.context.contains(sibling.dot) {
        return InvariantViolation(
          "siblings are in their context", witness: "\(id), k\(key): \(sibling.dot) is not")
      }
    }
    return nil
  }

  /// The digest of all that the node holds.
  public var root: UInt64 { MerkleTree(cells).root }

  var others: [NodeID] { options.nodes.filter { $0 != id } }

  func isAlive(_ node: NodeID, at now: Instant) -> Bool {
    silence(node, at: now) < options.suspectAfter
  }

  func silence(_ node: NodeID, at now: Instant) -> TimeSpan {
    node == id ? .zero : now - (heard[node] ?? .zero)
  }

  mutating func newToken() -> QuorumToken {
    count += 1
    return QuorumToken(life: life, number: count)
  }
}
