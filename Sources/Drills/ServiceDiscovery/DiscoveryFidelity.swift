/// What the models of service discovery keep and leave out.
enum DiscoveryFidelity {
  /// The sources of the mechanisms.
  static let sources = [
    "Netflix/eureka: AbstractInstanceRegistry, PeerAwareInstanceRegistryImpl, ResponseCacheImpl, "
      + "Lease, DiscoveryClient",
    "hashicorp/memberlist: state.go, suspicion.go, awareness.go, config.go",
    "Das, Gupta, Motivala, SWIM (2002); Dadgar et al., Lifeguard (2018), arXiv 1707.00788",
    "hashicorp/consul: agent/local/state.go, agent/ae/ae.go, agent/checks, agent/consul/leader.go",
    "etcd-io/etcd: server/lease/lessor.go, server/etcdserver, client/v3",
    "kubernetes/website: endpoint slices, virtual IPs, nodes, pod lifecycle; KEP-1669",
    "Envoy: outlier detection (ejection by callers)",
  ]

  /// The note of the scenario.
  static let scenario = Fidelity(
    models: [
      "Eureka servers, their peers, caches and clients; Consul agents, gossip, servers on Raft; "
        + "etcd servers, leases and watches; Kubernetes kubelets, controllers on Raft, kube-proxy "
        + "or names: each a machine that exchanges messages over the simulated network.",
      "A call picks from the caller's own view at that moment; retries, timeouts and ejection "
        + "(Envoy's outlier detector) happen at the picker.",
      "A dead process on a live machine refuses at once; a dead machine, a paused process and a "
        + "partition cost the whole timeout.",
    ],
    leavesOut: leavesOut, sources: sources)

  /// The note of the bench.
  static let bench = Fidelity(
    models: [
      "The same universe as in the drills: 3 registry machines, instances, callers; time stands "
        + "still between commands."
    ],
    leavesOut: leavesOut + [
      "Each command lets the universe run again from its start to where it stood, with everything "
        + "that was typed: the same bytes each time, and `undo` is exact."
    ],
    sources: sources)

  private static let leavesOut = [
    "An instance answers at once: its own load and queues play no part. One that a fault slows "
      + "answers calls late, 1 ms times the factor; checks, heartbeats and the registry's own "
      + "machines are not slowed.",
    "One service; zones, weights, metadata, security and multi-cluster are left out.",
    "Consul: callers ask servers directly, not through an agent; ACLs, sessions and autopilot are "
      + "left out; the leader's lease lasts as long as its election timeout.",
    "Kubernetes: the store is Raft with etcd's timing but not etcd itself; scheduling and "
      + "deployments are left out, a crashed container stays down until the plan restarts it, and "
      + "a replaced pod keeps its address.",
    "Eureka: zones, remote regions and the rate limiter are left out; servers begin with a full "
      + "registry, as after copying it from a peer.",
    "Disks sync in no time; clocks of different machines agree unless a fault says otherwise.",
    "The first minute sets the registry up; no call is made and nothing is measured in it.",
  ]
}
