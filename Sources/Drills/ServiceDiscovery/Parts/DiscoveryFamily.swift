import Kernel
import Patterns
import Simulation

/// How the processes of a universe live in its cluster.
struct DiscoveryFamily: MachineFamily {
  let setup: DiscoverySetup
  let seed: UInt64
  /// The one service of the universe.
  static let service = ServiceID(0)
  /// Which instances' processes are down; the driver, who sees faults, keeps it up to date.
  var downApps: Set<NodeID> = []
  /// Servers whose log, term or role changed since they were last held against Raft's properties.
  private var changed: Set<NodeID> = []
  private var consulAudit = RaftAudit<StampedCommand<ConsulCommand>, ConsulCatalog>()
  private var etcdAudit = RaftAudit<EtcdCommand, EtcdState>()
  private var kubeAudit = RaftAudit<StampedCommand<KubeCommand>, KubeStore>()

  init(_ setup: DiscoverySetup, seed: UInt64) {
    self.setup = setup
    self.seed = seed
  }

  var firstInput: DiscoveryPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> DiscoveryDisk {
    DiscoveryDisk(servers: setup.roster.registries)
  }

  func input(_ message: DiscoveryMessage, from node: NodeID) -> DiscoveryPart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> DiscoveryPart.Input { .timer(timer) }

  mutating func effect(
    _ output: DiscoveryPart.Output, of node: NodeID
  ) -> MachineEffect<DiscoveryMessage, DiscoveryDisk.Record, DiscoveryAnswer> {
    switch output {
    case .send(let message, let target): return .send(message, to: target)
    case .wakeMe(let instant): return .wakeMe(at: instant, timer: DiscoveryPart.Timer.own)
    case .persist(let record):
      changed.insert(node)
      return .persist(record)
    case .answer(let answer):
      if case .fact(.role) = answer { changed.insert(node) }
      return .answer(answer)
    case .check(let app, let number):
      guard downApps.contains(app) else { return .send(.check(number), to: app) }
      return .wakeMe(at: .zero, timer: DiscoveryPart.Timer.refused + number)
    case .inspect(let app):
      guard downApps.contains(app) else { return .nothing }
      return .wakeMe(at: .zero, timer: DiscoveryPart.Timer.dead)
    }
  }

  mutating func check(
    _ stepped: NodeID, _ members: [DiscoveryPart?]
  ) -> InvariantViolation? {
    guard !changed.isEmpty, changed.remove(stepped) != nil else { return nil }
    return audit(stepped, setup.roster.registries.map { members[$0.index] })
  }

  /// Holds the servers that use Raft against its four safety properties.
  private mutating func audit(
    _ stepped: NodeID, _ members: [DiscoveryPart?]
  ) -> InvariantViolation? {
    let servers = members.compactMap { part -> RegistryPart.Server? in
      guard case .registry(let registry)? = part?.role else { return nil }
      return registry.server
    }
    switch setup.registry {
    case .eureka: return nil
    case .consul:
      let nodes = servers.compactMap {
        if case .consul(let machine) = $0 { machine.replica.raft } else { nil }
      }
      guard let node = nodes.first(where: { $0.id == stepped }) else { return nil }
      return consulAudit.observe(node, among: nodes)
    case .etcd:
      let nodes = servers.compactMap {
        if case .etcd(let machine) = $0 { machine.raft } else { nil }
      }
      guard let node = nodes.first(where: { $0.id == stepped }) else { return nil }
      return etcdAudit.observe(node, among: nodes)
    case .kubernetes:
      let nodes = servers.compactMap {
        if case .kubernetes(let machine) = $0 { machine.replica.raft } else { nil }
      }
      guard let node = nodes.first(where: { $0.id == stepped }) else { return nil }
      return kubeAudit.observe(node, among: nodes)
    }
  }

  /// Forgets what the audits saw of a server that restarts from its disk.
  mutating func forget(_ node: NodeID) {
    consulAudit.restarted(node)
    etcdAudit.restarted(node)
    kubeAudit.restarted(node)
  }
}
