import Kernel

/// One instance as the catalog knows it.
public struct ConsulEntry: Sendable, Hashable {
  /// The node of the instance.
  public let instance: NodeID
  /// The agent that registered it.
  public let agent: NodeID
  /// The service it belongs to.
  public let service: ServiceID
  /// The worst of its own checks.
  public var status: ConsulStatus

  /// An entry.
  public init(instance: NodeID, agent: NodeID, service: ServiceID, status: ConsulStatus) {
    self.instance = instance
    self.agent = agent
    self.service = service
    self.status = status
  }
}

/// A change of the catalog, as it stands in the servers' log.
public enum ConsulCommand: Sendable, Hashable {
  /// An agent registers an instance, or a new status of it.
  case register(ConsulEntry)
  /// An agent takes an instance out.
  case deregister(instance: NodeID, agent: NodeID)
  /// The leader writes down what gossip says of an agent (the check `serfHealth`).
  case serfHealth(agent: NodeID, ConsulStatus)
  /// The leader takes out an agent that left, with all its instances.
  case deregisterNode(agent: NodeID)
}

/// The catalog: what the servers agree on, changed only by commands of their log.
///
/// Source: hashicorp/consul, `agent/consul/state` and `agent/consul/leader.go`.
public struct ConsulCatalog: Sendable, Hashable {
  /// The instances by node.
  public private(set) var entries: [NodeID: ConsulEntry] = [:]
  /// What gossip says of each known agent.
  public private(set) var serf: [NodeID: ConsulStatus] = [:]
  /// The log index that last changed anything about a service.
  private var indices: [ServiceID: Int] = [:]
  /// The index of the last command applied.
  public private(set) var lastIndex = 0

  /// An empty catalog.
  public init() {}

  /// Applies the command at `index`.
  public mutating func apply(_ command: ConsulCommand, at index: Int) {
    lastIndex = index
    switch command {
    case .register(let entry):
      if serf[entry.agent] == nil { serf[entry.agent] = .passing }
      guard entries[entry.instance] != entry else { return }
      entries[entry.instance] = entry
      indices[entry.service] = index
    case .deregister(let instance, let agent):
      guard let entry = entries[instance], entry.agent == agent else { return }
      entries[instance] = nil
      indices[entry.service] = index
    case .serfHealth(let agent, let status):
      guard serf[agent] != status else { return }
      serf[agent] = status
      touch(agent, at: index)
    case .deregisterNode(let agent):
      touch(agent, at: index)
      serf[agent] = nil
      for entry in entries(of: agent) { entries[entry.instance] = nil }
    }
  }

  /// The instances that an agent registered, in order.
  public func entries(of agent: NodeID) -> [ConsulEntry] {
    entries.keys.sorted().compactMap { entries[$0] }.filter { $0.agent == agent }
  }

  /// The health of an instance: the worst of its own checks and its agent's `serfHealth`.
  public func health(of entry: ConsulEntry) -> ConsulStatus {
    max(entry.status, serf[entry.agent] ?? .critical)
  }

  /// The instances of `service` that are no worse than `worst`, in order.
  public func instances(of service: ServiceID, worst: ConsulStatus = .passing) -> [NodeID] {
    entries.keys.sorted().filter { node in
      guard let entry = entries[node], entry.service == service else { return false }
      return health(of: entry) <= worst
    }
  }

  /// The index that a blocking query on `service` waits to see exceeded; at least 1.
  public func index(of service: ServiceID) -> Int { max(1, indices[service] ?? 0) }

  private mutating func touch(_ agent: NodeID, at index: Int) {
    for entry in entries(of: agent) { indices[entry.service] = index }
  }
}
