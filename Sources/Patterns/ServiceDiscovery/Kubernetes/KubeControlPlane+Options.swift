import Kernel

/// The settings of the control plane, under its own parameter names.
///
/// Source of names and defaults: kubernetes/website, reference of `kube-controller-manager`.
public struct KubeControlPlaneOptions: Sendable, Hashable {
  /// Silence of a kubelet after which its machine is not ready (`--node-monitor-grace-period`):
  /// 50 s since v1.32, 40 s before.
  public var nodeMonitorGracePeriod = TimeSpan.seconds(50)
  /// Time between two looks at the leases of machines (`--node-monitor-period`).
  public var nodeMonitorPeriod = TimeSpan.seconds(5)
  /// The most endpoints of a slice (`--max-endpoints-per-slice`).
  public var maxEndpointsPerSlice = 100
  /// How long an idle controller manager waits for one that went silent
  /// (`--leader-elect-lease-duration`).
  public var leaderLease = TimeSpan.seconds(15)
  /// How long the acting one goes on without renewing (`--leader-elect-renew-deadline`).
  public var leaderRenewDeadline = TimeSpan.seconds(10)
  /// Time between two tries to be the acting one (`--leader-elect-retry-period`).
  public var leaderRetryPeriod = TimeSpan.seconds(2)
  /// How long a write waits for a majority.
  public var requestTimeout = TimeSpan.seconds(7)
  /// The timing of the store: etcd's.
  public var raft = RaftOptions()
  /// A wrong way to build the control plane, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults.
  public init() {}
}

/// The settings of a kubelet and of the pods it runs.
///
/// Source of names and defaults: kubernetes/api, `core/v1/types.go` (probes); kubernetes/website,
/// "Nodes" (lease every 10 s) and "Pod lifecycle" (grace period).
public struct KubeletOptions: Sendable, Hashable {
  /// Time between two readiness probes.
  public var periodSeconds = TimeSpan.seconds(10)
  /// How long a probe waits.
  public var timeoutSeconds = TimeSpan.seconds(1)
  /// Successes in a row that make a pod ready.
  public var successThreshold = 1
  /// Failures in a row that make it not ready.
  public var failureThreshold = 3
  /// Time between two looks at the containers.
  public var relistPeriod = TimeSpan.seconds(1)
  /// Time between two renewals of the machine's lease.
  public var leaseRenewal = TimeSpan.seconds(10)
  /// How long the container goes on after the pod was asked to go, before it is told to stop
  /// (a `preStop` hook that sleeps).
  public var preStop = TimeSpan.zero
  /// A wrong way to build the kubelet, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults.
  public init() {}
}

/// The settings of kube-proxy in iptables mode.
///
/// Source: kubernetes/website, `reference/networking/virtual-ips`, "iptables mode".
public struct KubeProxyOptions: Sendable, Hashable {
  /// The least time between two writes of the rules.
  public var minSyncPeriod = TimeSpan.seconds(1)
  /// A wrong way to build it, for drills; nil for the right one.
  public var shortcut: DiscoveryShortcut?

  /// The defaults.
  public init() {}
}

/// The knobs of Kubernetes with `kubernetes.` in front.
public enum KubeKnobs {
  private static let probes = "kubernetes/api, core/v1/types.go"

  /// The knobs, in the order they are shown.
  public static let knobs: [Knob] = [
    Knob(
      "kubernetes.readinessProbe.periodSeconds", .span(.seconds(1) ... .minutes(5)),
      standard: .span(.seconds(10)), source: probes, "Time between two readiness probes."),
    Knob(
      "kubernetes.readinessProbe.failureThreshold", .integer(1...20), standard: .integer(3),
      source: probes, "Failed probes in a row that make a pod not ready."),
    Knob(
      "kubernetes.node-monitor-grace-period", .span(.seconds(5) ... .minutes(10)),
      standard: .span(.seconds(50)),
      source: "kubernetes/website, kube-controller-manager (40 s before v1.32)",
      "Silence of a kubelet after which its machine is not ready."),
    Knob(
      "kubernetes.iptables.minSyncPeriod", .span(.zero ... .seconds(30)),
      standard: .span(.seconds(1)),
      source: "kubernetes/website, reference/networking/virtual-ips",
      "The least time between two writes of a machine's rules."),
    Knob(
      "kubernetes.service", .choice(["clusterIP", "headless"]), standard: .word("clusterIP"),
      source: "kubernetes/website, concepts/services-networking/service",
      "One virtual address behind rules on each machine, or an address record a pod."),
    Knob(
      "kubernetes.dns.ttl", .span(.zero ... .hours(1)), standard: .span(.seconds(5)),
      source: "coredns/coredns, plugin/kubernetes defaultTTL",
      "Time to live of the address records of a headless service."),
    Knob(
      "kubernetes.dns.clientCache", .choice(["ttl", "forever"]), standard: .word("ttl"),
      source: "ours: some runtimes cache names for ever",
      "Whether callers look a name up again when its time to live is over."),
  ]
}
