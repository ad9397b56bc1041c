import Kernel

/// A replica that takes writes by itself, passes them on, and serves a session only when it has
/// applied what the session requires: until then the client waits, or is sent to a replica that has.
///
/// It takes the writes of each replica in that replica's order, and a write only after what its
/// session required, so that the guarantees about writes hold at every replica and not only here.
public struct SessionServer: Machine {
  /// A write and what comes before it.
  public struct Write: Sendable, Hashable {
    /// Its name: the replica that took it, and its number there.
    public let dot: Dot
    /// What its session required.
    public let after: VersionVector
    /// The key.
    public let key: Int
    /// The value.
    public let value: Int
  }

  /// What a client asks.
  public struct Request: Sendable, Hashable {
    /// Counted up by the client.
    public let number: Int
    /// The key.
    public let key: Int
    /// What to write; nil reads.
    public let value: Int?
    /// What must be applied first.
    public let requirement: VersionVector

    /// A request of a session.
    public init(_ number: Int, key: Int, value: Int?, session: SessionToken) {
      self.number = number
      self.key = key
      self.value = value
      requirement = session.requirement(isWrite: value != nil)
    }
  }

  /// What comes of a request.
  public enum Answer: Sendable, Hashable {
    /// The key holds this, at a replica that has applied so much.
    case holds(Write?, applied: VersionVector)
    /// The write took place under this name.
    case written(Dot)
    /// That replica has what is required; nil says that none is known to have it.
    case askInstead(NodeID?)
  }

  /// What can happen to it.
  public enum Input: Sendable {
    /// A client asks.
    case asked(Request, from: NodeID)
    /// Another replica passes writes on, and says how much it has applied.
    case received([Write], applied: VersionVector, from: NodeID)
    /// Time to send a waiting client away.
    case wake
  }

  /// What it asks for or states.
  public enum Output: Sendable, Hashable {
    /// Answer a client.
    case reply(Int, Answer, to: NodeID)
    /// Pass this write on to the other replicas.
    case pass(Write)
    /// Wake it at that time.
    case wakeMe(at: Instant)
  }

  private struct Waiting: Sendable, Hashable {
    let request: Request
    let client: NodeID
    let until: Instant
  }

  /// The node.
  public let id: NodeID
  /// How long a client waits here before it is sent elsewhere; zero sends it at once.
  public let patience: TimeSpan
  /// How many writes of each replica have been applied.
  public private(set) var applied = VersionVector()
  /// What each key holds: the write with the highest place in an order that respects causes.
  private var cells: [Int: (write: Write, rank: Int)] = [:]
  private var early: [Write] = []
  private var waiting: [Waiting] = []
  private var others: [NodeID: VersionVector] = [:]
  /// What was applied, in order.
  private var log: [Write] = []
  /// The place of each write in an order that respects causes.
  private var ranks: [Dot: Int] = [:]

  /// A replica that holds nothing.
  public init(_ id: NodeID, patience: TimeSpan) {
    self.id = id
    self.patience = patience
  }

  /// The writes in the order in which they were applied here.
  public var order: [Dot] { log.map(\.dot) }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var outputs: [Output] = []
    switch input {
    case .asked(let request, let client):
      if applied.covers(request.requirement) {
        serve(request, for: client, &outputs)
      } else if patience == .zero {
        sendAway(request, client, &outputs)
      } else {
        waiting.append(Waiting(request: request, client: client, until: now + patience))
        outputs.append(.wakeMe(at: now + patience))
      }
    case .received(let writes, let theirs, let sender):
      others[sender, default: VersionVector()].merge(theirs)
      early += writes.filter { !applied.contains($0.dot) && !early.contains($0) }
      applyDue()
      let ready = waiting.filter { applied.covers($0.request.requirement) }
      waiting.removeAll { applied.covers($0.request.requirement) }
      for entry in ready { serve(entry.request, for: entry.client, &outputs) }
    case .wake:
      let over = waiting.filter { $0.until <= now }
      waiting.removeAll { $0.until <= now }
      for entry in over { sendAway(entry.request, entry.client, &outputs) }
    }
    return outputs
  }

  /// Every applied write has its past applied before it.
  public func checkInvariants() -> InvariantViolation? {
    var past = VersionVector()
    for write in log {
      guard past.covers(write.after), write.dot.counter == past[write.dot.node] + 1 else {
        return InvariantViolation(
          "writes come after their past", witness: "\(id) applied \(write.dot) too early")
      }
      past.increment(write.dot.node)
    }
    return nil
  }

  /// Whether both are in the same state.
  public static func == (left: SessionServer, right: SessionServer) -> Bool {
    left.id == right.id && left.patience == right.patience && left.log == right.log
      && left.early == right.early && left.waiting == right.waiting && left.others == right.others
  }

  private mutating func serve(
    _ request: Request, for client: NodeID, _ outputs: inout [Output]
  ) {
    guard let value = request.value else {
      let answer = Answer.holds(cells[request.key]?.write, applied: applied)
      return outputs.append(.reply(request.number, answer, to: client))
    }
    let write = Write(
      dot: Dot(id, applied[id] + 1), after: request.requirement, key: request.key, value: value)
    apply(write)
    outputs += [.pass(write), .reply(request.number, .written(write.dot), to: client)]
  }

  private func sendAway(_ request: Request, _ client: NodeID, _ outputs: inout [Output]) {
    let other = others.keys.sorted().first {
      others[$0]?.covers(request.requirement) ?? false
    }
    outputs.append(.reply(request.number, .askInstead(other), to: client))
  }

  private mutating func applyDue() {
    while let place = early.firstIndex(where: {
      applied[$0.dot.node] == $0.dot.counter - 1 && applied.covers($0.after)
    }) {
      apply(early.remove(at: place))
    }
    early.removeAll { applied.contains($0.dot) }
  }

  private mutating func apply(_ write: Write) {
    applied.raise(write.dot.node, to: write.dot.counter)
    log.append(write)
    // A write's rank is above that of everything in its past; ties go to the higher replica.
    var rank = 1
    for earlier in log where earlier.dot != write.dot {
      let isPast = write.after.contains(earlier.dot) || earlier.dot.node == write.dot.node
      if isPast, let held = ranks[earlier.dot] { rank = max(rank, held + 1) }
    }
    ranks[write.dot] = rank
    if let held = cells[write.key], (held.rank, held.write.dot.node) > (rank, write.dot.node) {
      return
    }
    cells[write.key] = (write, rank)
  }
}
