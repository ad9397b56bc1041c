import Kernel
import Patterns

/// What travels in a universe of service discovery; in a box, since it is handed on many times.
indirect enum DiscoveryMessage: Sendable, Hashable {
  /// Eureka's requests and answers.
  case eureka(EurekaMessage)
  /// etcd's requests, answers, watches and Raft.
  case etcd(EtcdMessage)
  /// Raft among Consul servers.
  case consulRaft(StoreReplica<ConsulCatalog>.Node.Message)
  /// Gossip among agents and servers.
  case gossip(GossipMessage)
  /// A call to a Consul server.
  case consulAsk(Int, ConsulRequest)
  /// Its answer.
  case consulAnswer(Int, ConsulResponse)
  /// Raft in the control plane.
  case kubeRaft(StoreReplica<KubeStore>.Node.Message)
  /// A call to an API server.
  case kubeAsk(Int, KubeRequest)
  /// Its answer, or a word on a watch.
  case kubeAnswer(Int, KubeResponse)
  /// A question for the addresses of the service.
  case lookup(Int)
  /// Its answer.
  case address(Int, NameAnswer)
  /// An instance's process tells its machine that it started.
  case hello
  /// A health check or probe of an instance.
  case check(Int)
  /// Its answer.
  case checked(Int)
  /// A call to an instance.
  case call(Int)
  /// Its reply.
  case reply(Int)
  /// A call on its way to a proxy.
  case relay(Int)
  /// Its outcome on the way back from the proxy.
  case relayed(Int, isGood: Bool)
}

/// What a driver tells a part to do, as an operator would.
enum DiscoveryOrder: Sendable, Hashable {
  /// Leave the registry in good order.
  case deregister
  /// Ask the API server to delete a pod.
  case deletePod(NodeID)
  /// Look the service's name up.
  case lookup
  /// Give one more sign of life.
  case heartbeat
}

/// What a part tells the driver.
enum DiscoveryAnswer: Sendable, Hashable {
  /// A call was answered.
  case replied(Int)
  /// A call reached the proxy.
  case relayArrived(Int)
  /// A call came back from the proxy.
  case relayReturned(Int, isGood: Bool)
  /// A picker's view changed.
  case view(added: [NodeID], removed: [NodeID])
  /// A picker lost (true) or found (false) the registry.
  case lostRegistry(Bool)
  /// The name was looked up, or could not be.
  case lookedUp(Bool)
  /// The kubelet told the container to stop.
  case terminated(NodeID)
  /// An attempt to register or to say how an instance is failed.
  case registrationRefused(NodeID)
  /// Something worth telling happened.
  case fact(DiscoveryFact)
}

/// What parts tell of themselves, for the story.
enum DiscoveryFact: Sendable, Hashable {
  /// A Eureka server evicted an instance whose lease counted until `expiry`.
  case evicted(NodeID, expiry: Instant)
  /// A Eureka server's self-preservation began or ended to hold evictions back.
  case preserving(Bool, renewals: Int, threshold: Int)
  /// An instance registered, or registered again.
  case registered(NodeID)
  /// An instance left in good order.
  case cancelled(NodeID)
  /// An instance's lease was gone.
  case leaseLost(NodeID)
  /// A heartbeat got no answer.
  case heartbeatFailed
  /// A Consul check changed.
  case check(NodeID, ConsulStatus)
  /// Gossip: what this member believes now.
  case gossip(GossipFact)
  /// The leader wrote down what gossip says of a machine.
  case serf(NodeID, ConsulStatus)
  /// An etcd lease expired, with so many keys.
  case leaseRevoked(keys: Int)
  /// A server has a new role.
  case role(RaftRole, term: Int)
  /// A kubelet found a pod ready or not.
  case ready(NodeID, Bool)
  /// The node controller judged a machine.
  case judged(NodeID, isReady: Bool)
  /// A watch fell behind the compaction, and the list is read again.
  case compacted
}
