import Kernel

/// The settings of a Consul client agent, under its own parameter names.
///
/// Source of names and defaults: hashicorp/consul, `agent/config/default.go`, `agent/ae/ae.go`,
/// and the pages "Anti-entropy" and "Health check configuration reference".
public struct ConsulAgentOptions: Sendable, Hashable {
  /// Time between two pulls of a check; Consul has no default, its examples use 10 s.
  public var checkInterval = TimeSpan.seconds(10)
  /// How long a pull waits for an answer.
  public var checkTimeout = TimeSpan.seconds(10)
  /// A time to live in place of pulls; nil pulls.
  public var checkTTL: TimeSpan?
  /// When a run of results counts.
  public var counters = ConsulCheckCounters()
  /// Where a new check starts.
  public var initialStatus = ConsulStatus.critical
  /// How long an instance may be critical before the agent takes it out; nil never.
  public var deregisterCriticalAfter: TimeSpan?
  /// Time between two looks for such instances (`check_reap_interval`).
  public var checkReapInterval = TimeSpan.seconds(30)
  /// Time between two full syncs in a group of up to 128 (`ae_interval`).
  public var antiEntropyInterval = TimeSpan.minutes(1)
  /// Wait before a failed sync is tried again; a random part of as much is added.
  public var retryInterval = TimeSpan.seconds(15)
  /// How long a call to a server waits for its answer (`rpc_hold_timeout` at the server is 7 s).
  public var rpcTimeout = TimeSpan.seconds(8)
  /// The settings of gossip.
  public var gossip = GossipOptions.lan

  /// The defaults.
  public init() {}

  /// The factor by which the full sync slows down in a group of `members`: one more a doubling.
  public static func antiEntropyScale(members: Int) -> Int {
    guard members > 128 else { return 1 }
    return Int((PortableMath.log2(Double(members)) - 7).rounded(.up)) + 1
  }
}

extension ConsulAgentOptions {
  private static let checks = "Consul documentation, health check configuration reference"

  /// The knobs of the agent with `consul.` in front.
  public static let knobs: [Knob] =
    [
      Knob(
        "consul.check.interval", .span(.seconds(1) ... .minutes(5)),
        standard: .span(.seconds(10)), source: "Consul documentation, examples (no default)",
        "Time between two pulls of an instance's health check."),
      Knob(
        "consul.check.timeout", .span(.milliseconds(100) ... .minutes(1)),
        standard: .span(.seconds(10)), source: checks, "How long a pull waits for an answer."),
      Knob(
        "consul.check.failures_before_critical", .integer(0...10), standard: .integer(0),
        source: checks, "Failures in a row that make a check critical; 0 means the first does."),
      Knob(
        "consul.check.success_before_passing", .integer(0...10), standard: .integer(0),
        source: checks, "Successes in a row that make a check passing."),
    ] + GossipOptions.knobs

  /// The options that `settings` stand at; `settings` must hold `knobs`.
  public init(_ settings: Settings) {
    self.init()
    checkInterval = settings.span("consul.check.interval")
    checkTimeout = settings.span("consul.check.timeout")
    counters = ConsulCheckCounters(
      passing: settings.integer("consul.check.success_before_passing"), warning: 0,
      critical: settings.integer("consul.check.failures_before_critical"))
    gossip = GossipOptions(settings)
  }
}
