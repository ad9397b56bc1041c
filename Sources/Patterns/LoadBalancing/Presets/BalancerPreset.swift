import Kernel

/// A balancer set up: everything that a tool's parameters say.
public struct BalancerSetup: Sendable {
  /// How it chooses.
  public var algorithm = BalancingAlgorithm.roundRobin
  /// What is set beside that.
  public var options = Balancer.Options()
  /// The tool's own hash, nil where the algorithm decides.
  public var hash: ToolHash.Kind?
  /// Which failed tries are repeated elsewhere, and which count against a host.
  public var rule = NextUpstream()
  /// Failed checks in a row that take a host out.
  public var fall = 3
  /// Good checks in a row that bring it back.
  public var rise = 2
  /// The time between two checks; nil for none.
  public var checkEvery: TimeSpan?
  /// Ejection by errors of live requests; nil for none.
  public var outliers: OutlierDetector.Options?
  /// How long a key goes to the host that it went to; nil for no affinity.
  public var affinity: TimeSpan?

  /// Round robin without health.
  public init() { rule.tries = 1 }
}

/// The tools whose load balancing is known, each under its own parameter names.
public enum BalancerPreset: String, Sendable, Hashable, CaseIterable {
  /// Our own names, nothing switched on.
  case plain
  /// The `upstream` block of nginx.
  case nginx
  /// A `backend` of HAProxy.
  case haproxy
  /// A cluster of Envoy.
  case envoy
  /// The balancer of Linkerd's proxy.
  case linkerd
  /// The services of Kubernetes as kube-proxy carries them out with iptables.
  case kubeProxy = "kube-proxy"

  /// The knobs with their defaults, and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainBalancing.tool
    case .nginx: NginxBalancing.tool
    case .haproxy: HAProxyBalancing.tool
    case .envoy: EnvoyBalancing.tool
    case .linkerd: LinkerdBalancing.tool
    case .kubeProxy: KubeProxyBalancing.tool
    }
  }

  /// What `settings`, which must hold the knobs of `tool`, say.
  public func setup(_ settings: Settings) -> BalancerSetup {
    switch self {
    case .plain: PlainBalancing.setup(settings)
    case .nginx: NginxBalancing.setup(settings)
    case .haproxy: HAProxyBalancing.setup(settings)
    case .envoy: EnvoyBalancing.setup(settings)
    case .linkerd: LinkerdBalancing.setup(settings)
    case .kubeProxy: KubeProxyBalancing.setup(settings)
    }
  }
}
