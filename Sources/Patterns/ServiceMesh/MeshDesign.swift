import Kernel

/// The settings of a mesh as its machines take them, whatever tool's names they were given in.
public struct MeshDesign: Sendable, Hashable {
  /// How long a workload's certificate counts.
  public var certificateLife = TimeSpan.hours(24)
  /// How far a certificate is dated back.
  public var backdate = TimeSpan.seconds(20)
  /// When a sidecar asks for the next.
  public var agent = CertificateAgent.Options()
  /// Which connections are taken.
  public var mode = PeerMode.permissive
  /// What sidecars repeat.
  public var retry = RetryPolicy.never
  /// The side that calls.
  public var outbound = OutboundProxy.Options()
  /// How changes are pushed.
  public var control = ControlPlane.Options()

  /// Every setting at the default named beside it.
  public init() {}

  /// Envoy's back-off: anything up to 25 ms x (2^n - 1), ten times the base at most.
  public static let envoyBackoff = Backoff(
    growth: .exponential(factor: 2), jitter: .full, base: .milliseconds(25),
    cap: .milliseconds(250))
}
