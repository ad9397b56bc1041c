import Kernel

/// Takes one endpoint out after failures in a row, and lets a single request try it again.
///
///     available ──so many failures in a row──▶ unavailable ──penalty over──▶ probation
///         ▲                                        ▲                             │  │
///         │                                        └── failed: penalty doubled ──┘  │
///         └──────────────────────────── succeeded ─────────────────────────────────┘
///
/// Unlike outlier detection it has no limit on how many endpoints are out at a time.
///
/// **An endpoint on probation has at most one request.**
///
/// Source: linkerd.io/2.19/reference/circuit-breaking.
public struct FailureAccrual: Sendable, Hashable {
  /// What can be set; the defaults are Linkerd's.
  public struct Options: Sendable, Hashable {
    /// Failures in a row that take it out.
    public var maxFailures = 7
    /// The first penalty.
    public var minPenalty = TimeSpan.seconds(1)
    /// The longest penalty.
    public var maxPenalty = TimeSpan.minutes(1)
    /// The share of the penalty that chance may add.
    public var jitterRatio = 0.5

    /// Linkerd's defaults.
    public init() {}
  }

  /// Where it stands.
  public enum Phase: Sendable, Hashable {
    /// It gets requests; so many have failed in a row.
    case available(failures: Int)
    /// It gets none until then; the penalty is what it was without chance.
    case unavailable(until: Instant, penalty: TimeSpan)
    /// It gets one.
    case probation(penalty: TimeSpan, isTrying: Bool)
  }

  /// Where it stands.
  public private(set) var phase = Phase.available(failures: 0)

  /// An endpoint that is available.
  public init() {}

  /// Whether a request may go to it at `now`.
  public mutating func admits(at now: Instant) -> Bool {
    if case .unavailable(let until, let penalty) = phase, now >= until {
      phase = .probation(penalty: penalty, isTrying: false)
    }
    return switch phase {
    case .available: true
    case .unavailable: false
    case .probation(_, let isTrying): !isTrying
    }
  }

  /// Takes note that a request goes to it.
  public mutating func started() {
    if case .probation(let penalty, _) = phase {
      phase = .probation(penalty: penalty, isTrying: true)
    }
  }

  /// Takes note of how a request ended; true when that took it out.
  public mutating func ended(
    _ isGood: Bool, _ options: Options, at now: Instant, using random: inout RandomStream
  ) -> Bool {
    switch phase {
    case .available(let failures):
      guard !isGood else {
        phase = .available(failures: 0)
        return false
      }
      guard failures + 1 >= options.maxFailures else {
        phase = .available(failures: failures + 1)
        return false
      }
      takeOut(for: options.minPenalty, options, at: now, using: &random)
      return true
    case .probation(let penalty, _):
      guard !isGood else {
        phase = .available(failures: 0)
        return false
      }
      takeOut(for: min(options.maxPenalty, penalty * 2), options, at: now, using: &random)
      return true
    case .unavailable: return false
    }
  }

  private mutating func takeOut(
    for penalty: TimeSpan, _ options: Options, at now: Instant, using random: inout RandomStream
  ) {
    let chance = random.span(.zero, to: penalty * options.jitterRatio)
    phase = .unavailable(until: now + penalty + chance, penalty: penalty)
  }
}
