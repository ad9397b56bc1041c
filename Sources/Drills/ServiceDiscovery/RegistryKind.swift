/// The registries that a universe of service discovery can run.
enum RegistryKind: String, CaseIterable, Sendable {
  /// Netflix Eureka: leases, self-preservation, peers without a quorum.
  case eureka
  /// HashiCorp Consul: agents with checks, gossip, a catalog behind Raft.
  case consul
  /// etcd: keys on leases behind Raft, watches.
  case etcd
  /// Kubernetes Services: readiness, endpoint slices, rules on every machine.
  case kubernetes
}
