import Kernel
import Patterns
import Simulation

/// How the processes of the failover scenario live in their cluster.
struct FailoverFamily: MachineFamily {
  let setup: FailoverSetup
  let seed: UInt64
  /// The resource is no process that can forget: what it has seen outlives its restarts.
  private var resource: FencedResource

  init(_ setup: FailoverSetup, seed: UInt64) {
    self.setup = setup
    self.seed = seed
    resource = FencedResource(
      isFenced: setup.isFenced, shortcut: FailoverShortcut(rawValue: setup.mutant ?? ""))
  }

  var firstInput: FailoverPart.Input? { .started }

  func blankStorage(_ node: NodeID) -> FailoverDisk { FailoverDisk(stores: setup.roster.stores) }

  mutating func start(
    _ node: NodeID, from disk: FailoverDisk, life: Int, at now: Instant
  ) -> FailoverPart {
    if setup.roster.nodes.contains(node) {
      return FailoverPart(
        role: .node(
          FailoverNode(
            node, log: disk.log, carts: disk.carts, redis: disk.redis,
            options: setup.options(of: node), at: now)))
    }
    if node == setup.roster.resource { return FailoverPart(role: .resource(resource)) }
    if let options = setup.sentinel {
      return FailoverPart(
        role: .sentinel(
          Sentinel(
            node, kept: disk.sentinel ?? SentinelState(primary: setup.roster.nodes[0]),
            servers: setup.roster.nodes, others: setup.roster.stores.filter { $0 != node },
            options: options,
            random: RandomStream(seed: seed, name: "failover/sentinel/\(node.index)/\(life)"),
            at: now)))
    }
    return FailoverPart(
      role: .store(
        StoreReplica(
          node, storage: disk.store, empty: LeaseRecord(), options: RaftOptions(),
          patience: .milliseconds(800),
          random: RandomStream(seed: seed, name: "failover/store/\(node.index)/\(life)"))))
  }

  func input(_ message: FailoverMessage, from node: NodeID) -> FailoverPart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> FailoverPart.Input { .wake }

  mutating func effect(
    _ output: FailoverPart.Output, of node: NodeID
  ) -> MachineEffect<FailoverMessage, FailoverDisk.Record, FailoverAnswer> {
    switch output {
    case .send(let message, let target): .send(message, to: target)
    case .persist(let record): .persist(record)
    case .wakeMe(let instant): .wakeMe(at: instant, timer: 0)
    case .fact(let fact): .answer(.fact(fact))
    case .storeLeads(let isLeading): .answer(.storeLeads(isLeading))
    case .fence(let lost): .answer(.fence(lost))
    case .event(let event): .answer(.event(event))
    case .tellClients(let primary, let epoch):
      .sendAll(.primaryIs(primary, epoch: epoch), to: setup.roster.clients)
    }
  }

  mutating func check(_ stepped: NodeID, _ members: [FailoverPart?]) -> InvariantViolation? {
    guard let part = members[stepped.index] else { return nil }
    switch part.role {
    case .resource(let now):
      resource = now
      return nil
    case .store, .sentinel: return nil
    case .node(let node):
      let roster = setup.roster
      for other in roster.nodes where other != stepped {
        guard case .node(let leader)? = members[other.index]?.role,
          let token = leader.token, token > 0, token == node.matched.token, node.token == nil
        else { continue }
        let length = min(node.matched.length, node.log.count)
        guard length > 0 else { continue }
        guard length <= leader.log.count, leader.log[length - 1] == node.log[length - 1] else {
          return InvariantViolation(
            "standby follows",
            witness: "\(roster.roster.name(stepped)) says that it has \(length) entries of "
              + "\(roster.roster.name(other)), which are not those of its log")
        }
      }
      return nil
    }
  }
}

/// What the processes tell the driver.
enum FailoverAnswer: Sendable, Equatable {
  case fact(FailoverFact)
  case storeLeads(Bool)
  case fence(NodeID)
  case event(SentinelEvent)
}
