import Kernel

extension ToolPreset {
  /// Kubernetes Services and names as they come.
  public static let kubernetesDNS = ToolPreset(
    id: "kubernetes-dns", title: "Kubernetes 1.32 Services, EndpointSlices, kube-proxy, CoreDNS",
    knobs: KubeKnobs.knobs,
    leavesOut: [
      "The store is Raft with etcd's timing, not etcd itself; scheduling, deployments, zones, "
        + "session affinity and external traffic are left out.",
      "A crashed container stays down until the plan restarts it; the kubelet's own restarts with "
        + "back-off are left out, and so are liveness and startup probes.",
      "A replaced pod keeps its address, so a stale rule can reach the new one.",
      "A watch notices a dead API server by pings of 30 s and 15 s, where the real one may also "
        + "be told by TCP.",
    ])
}
