import Kernel

/// How fresh an answer of the servers must be.
///
/// Source: hashicorp/consul documentation, "Consistency modes".
public enum ConsulReadMode: String, Sendable, Hashable, CaseIterable {
  /// The leader answers on the strength of its lease: no extra round trip, a small stale window.
  case standard = "default"
  /// The leader first makes sure, with a majority, that it still leads.
  case consistent
  /// Any server answers from what it has, even without a leader.
  case stale
}

/// What is asked of a Consul server.
public enum ConsulRequest: Sendable, Hashable {
  /// Change the catalog.
  case write(ConsulCommand)
  /// What the catalog holds of an agent: the first half of a full anti-entropy sync.
  case nodeServices(agent: NodeID)
  /// The healthy instances of a service; with an index above 0 a blocking query.
  case health(ConsulQuery)
}

/// A question for the healthy instances of a service.
public struct ConsulQuery: Sendable, Hashable {
  /// The service.
  public var service: ServiceID
  /// How fresh the answer must be.
  public var mode: ConsulReadMode
  /// The index already seen; 0 answers at once.
  public var index: Int
  /// The longest wait for something newer.
  public var wait: TimeSpan
  /// The worst status that still counts.
  public var worst: ConsulStatus

  /// A question.
  public init(
    _ service: ServiceID, mode: ConsulReadMode = .standard, index: Int = 0,
    wait: TimeSpan = .minutes(5), worst: ConsulStatus = .passing
  ) {
    self.service = service
    self.mode = mode
    self.index = index
    self.wait = wait
    self.worst = worst
  }
}

/// What a Consul server answers.
public enum ConsulResponse: Sendable, Hashable {
  /// The write is committed and applied.
  case done
  /// There is no leader, or none was found in time ("No cluster leader", 500).
  case noLeader
  /// What the catalog holds of an agent.
  case nodeServices([ConsulEntry])
  /// The instances, the index to wait on, and how fresh the answer is.
  case health(ConsulAnswer)
}

/// The healthy instances of a service, with the headers that say how fresh they are.
public struct ConsulAnswer: Sendable, Hashable {
  /// The instances, in order.
  public let instances: [NodeID]
  /// `X-Consul-Index`.
  public let index: Int
  /// `X-Consul-LastContact`: how long ago the answering server last heard from a leader.
  public let lastContact: TimeSpan
  /// `X-Consul-KnownLeader`.
  public let knownLeader: Bool

  /// An answer.
  public init(instances: [NodeID], index: Int, lastContact: TimeSpan, knownLeader: Bool) {
    self.instances = instances
    self.index = index
    self.lastContact = lastContact
    self.knownLeader = knownLeader
  }
}
