import Kernel

extension Balancer {
  /// Everything that can be set on a balancer beside its algorithm and weights; presets fill it.
  public struct Options: Sendable, Hashable {
    /// Hosts that `least-request` draws for each pick, at least 1; Envoy `choice_count`: 2.
    public var choices = 2
    /// How much load counts against weight for `least-request`, 0 for not at all; Envoy: 1.0.
    public var activeRequestBias = 1.0
    /// The time over which a peak of latency is forgotten; Linkerd: 10 s.
    public var ewmaDecay = TimeSpan.seconds(10)
    /// The latency assumed of a host that nothing is known of; Linkerd: 30 ms.
    public var ewmaStart = TimeSpan.milliseconds(30)
    /// The latency that a failed answer counts for at least, zero for none; ours.
    public var failurePenalty = TimeSpan.zero
    /// Tokens on the ring; Envoy `minimum_ring_size` and `maximum_ring_size`.
    public var ring = ConsistentHashRing.Sizing.total(minimum: 1_024, maximum: 8_388_608)
    /// Entries of a Maglev table, a prime; Envoy: 65,537.
    public var tableSize = 65_537
    /// The most load of a host in percent of the mean, above 100; HAProxy `hash-balance-factor`.
    public var balanceFactorPercent = 125
    /// The most requests under way at one host, 0 for no limit; nginx `max_conns`: 0.
    public var maxInflight = 0
    /// Whether the load of a host is what was last reported of it, not what this balancer has there.
    public var usesReports = false
    /// When fewer than this percentage of hosts is healthy, health is ignored; 0 for never.
    public var panicPercent = 0

    /// Failures that take a host out, 0 for never; nginx `max_fails`.
    public var maxFails = 0
    /// How long failures keep it out, in whole seconds; nginx `fail_timeout`: 10 s.
    public var failTimeout = TimeSpan.seconds(10)

    /// How long a host that comes back is brought up to its weight; zero for at once.
    public var slowStart = TimeSpan.zero
    /// How it is brought up.
    public var ramp = Ramp.curve(aggression: 1, floorPercent: 10)
    /// A wrong way to build the balancer, for drills; nil for the right one.
    public var shortcut: BalancerShortcut?

    /// Every option at the default named beside it.
    public init() {}
  }

  /// How the weight of a host rises during its slow start.
  public enum Ramp: Sendable, Hashable {
    /// Envoy: weight x max(floor, (time / window)^(1 / aggression)).
    case curve(aggression: Double, floorPercent: Int)
    /// HAProxy: in sixteenths of the weight, anew each second or twentieth of the window.
    case steps
  }
}
