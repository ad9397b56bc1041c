import Kernel
import Patterns
import Simulation

/// How etcd servers live in a simulated cluster.
struct EtcdFamily: MachineFamily {
  let founders: RaftMembership
  let options: EtcdServerOptions
  let seed: UInt64
  private(set) var audit = RaftAudit<EtcdCommand, EtcdState>()

  init(size: Int, options: EtcdServerOptions, seed: UInt64) {
    founders = RaftMembership(voters: (0..<size).map(NodeID.init))
    self.options = options
    self.seed = seed
  }

  func blankStorage(_ node: NodeID) -> EtcdDisk { EtcdDisk(founders: founders) }

  mutating func start(
    _ node: NodeID, from storage: EtcdDisk, life: Int, at now: Instant
  ) -> EtcdServer {
    audit.restarted(node)
    let random = RandomStream(seed: seed, name: "etcd/\(node.index)/\(life)")
    return EtcdServer(node, disk: storage, options: options, random: random)
  }

  var firstInput: EtcdServer.Input? { .started }

  func input(_ message: EtcdMessage, from node: NodeID) -> EtcdServer.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> EtcdServer.Input { .wake }

  mutating func effect(_ output: EtcdServer.Output, of node: NodeID) -> MachineEffect<
    EtcdMessage, RaftWrite<EtcdCommand, EtcdState>, EtcdServerFact
  > {
    switch output {
    case .persist(let write): write.needsSync ? .persist(write) : .write(write)
    case .send(let message, to: let target): .send(message, to: target)
    case .wakeMe(at: let instant): .wakeMe(at: instant, timer: 0)
    case .entered(let fact): .answer(fact)
    }
  }

  mutating func check(_ stepped: NodeID, _ members: [EtcdServer?]) -> InvariantViolation? {
    guard let server = members[stepped.index] else { return nil }
    return audit.observe(server.raft, among: members.map { $0?.raft })
  }
}
