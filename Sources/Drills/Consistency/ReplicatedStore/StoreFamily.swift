import Kernel
import Patterns
import Simulation

/// How the processes of a store live in its cluster.
struct StoreFamily: MachineFamily {
  let setup: StoreSetup
  let seed: UInt64
  private var audit = RaftAudit<RaftStoreNode.Command, RegisterState>()
  private var changed: Set<NodeID> = []

  init(_ setup: StoreSetup, seed: UInt64) {
    self.setup = setup
    self.seed = seed
  }

  var firstInput: StorePart.Input? { .started }

  func blankStorage(_ node: NodeID) -> StoreDisk { StoreDisk(replicas: setup.roster.replicas) }

  mutating func start(
    _ node: NodeID, from disk: StoreDisk, life: Int, at now: Instant
  ) -> StorePart {
    if node.index >= setup.roster.replicas.count {
      guard let options = setup.monitor else { return StorePart(role: .away) }
      return StorePart(
        role: .monitor(FailoverMonitor(storage: disk.primaryBackup, options: options)))
    }
    switch setup.kind {
    case .single, .primaryBackup:
      return StorePart(
        role: .primaryBackup(
          PrimaryBackupNode(node, storage: disk.primaryBackup, options: setup.primaryBackup)))
    case .quorum:
      return StorePart(
        role: .quorum(QuorumNode(node, storage: disk.quorum, life: life, options: setup.quorum)))
    case .crdt:
      return StorePart(
        role: .convergent(
          ConvergentStoreNode(
            node, data: disk.convergent, life: life, options: setup.gossipOptions(node),
            addsUpCounters: setup.mutant == "adds-up-counters")))
    case .raft:
      audit.restarted(node)
      return StorePart(
        role: .raft(
          RaftStoreNode(
            node, storage: disk.raft, options: setup.raft, reads: setup.raftReads,
            patience: setup.timeout * 3, ignoresSession: setup.mutant == "ignores-session",
            random: RandomStream(seed: seed, name: "store/raft/\(node.index)/\(life)"))))
    }
  }

  func input(_ message: StoreMessage, from node: NodeID) -> StorePart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> StorePart.Input { .wake }

  mutating func effect(
    _ output: StorePart.Output, of node: NodeID
  ) -> MachineEffect<StoreMessage, StoreDisk.Record, Never> {
    switch output {
    case .send(let message, let target): return .send(message, to: target)
    case .wakeMe(let instant): return .wakeMe(at: instant, timer: 0)
    case .persist(let record):
      changed.insert(node)
      return .persist(record)
    case .write(let record):
      changed.insert(node)
      return .write(record)
    case .fact(let fact):
      changed.insert(node)
      return .fact(fact)
    }
  }

  mutating func check(_ stepped: NodeID, _ members: [StorePart?]) -> InvariantViolation? {
    guard setup.kind == .raft, changed.remove(stepped) != nil else { return nil }
    let nodes = members.compactMap { part in
      if case .raft(let node)? = part?.role { node.replica.raft } else { nil }
    }
    guard let node = nodes.first(where: { $0.id == stepped }) else { return nil }
    return audit.observe(node, among: nodes)
  }
}
