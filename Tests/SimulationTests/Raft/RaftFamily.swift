import Kernel
import Patterns
import Simulation

extension RaftStorage: StableStorage {
  /// Carries out a write that is now durable.
  public mutating func apply(_ record: RaftWrite<Command, Image>) { write(record) }
}

/// How Raft nodes live in a simulated cluster.
///
/// The state machine is the list of commands applied.
struct RaftFamily: MachineFamily {
  typealias Node = RaftNode<Int, [Int]>
  typealias Storage = RaftStorage<Int, [Int]>

  /// What a node tells its clients.
  enum Answer: Sendable {
    case applied(RaftEntry<Int>)
    case restored(RaftSnapshot<[Int]>)
    case readReady(RaftReadID, index: RaftIndex)
  }

  let founders: RaftMembership
  let options: RaftOptions
  let seed: UInt64
  private(set) var audit = RaftAudit<Int, [Int]>()
  /// How often a node became leader.
  private(set) var elections = 0

  init(founders: RaftMembership, options: RaftOptions, seed: UInt64) {
    self.founders = founders
    self.options = options
    self.seed = seed
  }

  func blankStorage(_ node: NodeID) -> Storage {
    Storage(founders: founders.isVoter(node) ? founders : .empty)
  }

  mutating func start(
    _ node: NodeID, from storage: Storage, life: Int, at now: Instant
  ) -> Node {
    audit.restarted(node)
    let random = RandomStream(seed: seed, name: "raft/\(node.index)/\(life)")
    return Node(node, storage: storage, options: options, random: random)
  }

  var firstInput: Node.Input? { .started }

  func input(_ message: Node.Message, from node: NodeID) -> Node.Input { .received(message) }

  func input(timer: Int) -> Node.Input { .wake }

  mutating func effect(_ output: Node.Output, of node: NodeID) -> MachineEffect<
    Node.Message, RaftWrite<Int, [Int]>, Answer
  > {
    switch output {
    case .persist(let write): return write.needsSync ? .persist(write) : .write(write)
    case .send(let message): return .send(message, to: message.target)
    case .wakeMe(let instant): return .wakeMe(at: instant, timer: 0)
    case .apply(let entry): return .answer(.applied(entry))
    case .restore(let snapshot): return .answer(.restored(snapshot))
    case .readReady(let id, let index): return .answer(.readReady(id, index: index))
    case .entered(let role, let term):
      if role == .leader { elections += 1 }
      return .fact(Fact("became-\(role.rawValue)", "in term \(term)"))
    case .accepted, .forwarded, .refused, .readRefused, .follows: return .nothing
    }
  }

  mutating func check(_ stepped: NodeID, _ members: [Node?]) -> InvariantViolation? {
    guard let node = members[stepped.index] else { return nil }
    return audit.observe(node, among: members)
  }
}
