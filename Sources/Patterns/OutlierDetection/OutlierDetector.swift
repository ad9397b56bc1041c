import Kernel

/// Takes single hosts out of a balanced set while they behave unlike the others.
///
///     active ──outlier, and the share allows it, and by chance──▶ ejected for base × multiplier
///        ▲                                                            │
///        └──────────────── a sweep after that time ───────────────────┘
///
/// A circuit breaker in front of a whole service sees one bad host of ten as an error rate of a
/// tenth, and when it opens it refuses the nine good ones too. This looks at each host by itself.
/// Consecutive failures are judged at once; success rates and failure percentages are judged at
/// each sweep, over what came in since the sweep before. Hosts come back at sweeps only.
///
/// **Ejected hosts never exceed the allowed share (but one host may always go when so set). A host
/// is never back before its time.** A host that stays in for a whole interval works its multiplier
/// down by one.
///
/// Source: Envoy source/common/upstream/outlier_detection_impl.cc and
/// api/envoy/config/cluster/v3/outlier_detection.proto.
public struct OutlierDetector: Sendable, Equatable {
  /// What made a host an outlier.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// So many server errors in a row.
    case consecutive5xx = "consecutive 5xx"
    /// So many gateway errors (502, 503, 504) in a row.
    case consecutiveGatewayFailure = "consecutive gateway failure"
    /// A success rate far below that of the other hosts.
    case successRate = "success rate"
    /// A share of failures above a fixed one.
    case failurePercentage = "failure percentage"
  }

  /// How a call to a host ended, as far as the detector looks.
  public enum Result: Sendable, Hashable {
    /// Anything that is not a server error.
    case success
    /// A server error that the host itself answered: 500.
    case serverError
    /// A gateway error, a timeout or a failed connection: 502, 503, 504.
    case gatewayError
  }

  /// Something that happened to a host.
  public struct Event: Sendable, Hashable {
    /// When it happened.
    public let at: Instant
    /// The host.
    public let host: NodeID
    /// What happened.
    public let change: Change
  }

  /// What can happen to a host.
  public enum Change: Sendable, Hashable {
    /// It was taken out; it can be back after this span.
    case ejected(Kind, for: TimeSpan)
    /// It was an outlier, but too many hosts are out already.
    case overflowed(Kind)
    /// It was an outlier, but chance (the enforcing share) let it stay.
    case spared(Kind)
    /// It is back.
    case returned
  }

  /// What success rates are compared with, in percent.
  public struct Threshold: Sendable, Hashable {
    /// The mean of the hosts' success rates.
    public let mean: Double
    /// A host below this is an outlier.
    public let bound: Double
  }

  /// What is known of one host.
  public struct Host: Sendable, Hashable {
    /// When it was ejected; nil while it is in.
    public internal(set) var ejectedAt: Instant?
    /// How long it is out at least; meaningful while it is out.
    public internal(set) var ejectedFor = TimeSpan.zero
    /// The factor of its next ejection time, less one.
    public internal(set) var multiplier = 0
    /// How often it was ejected.
    public internal(set) var ejections = 0
    /// Server errors in a row.
    public internal(set) var serverErrorsInRow = 0
    /// Gateway errors in a row.
    public internal(set) var gatewayErrorsInRow = 0
    /// Calls since the last sweep.
    public internal(set) var calls = 0
    /// Successful calls since the last sweep.
    public internal(set) var successes = 0

    /// Whether the host is in.
    public var isActive: Bool { ejectedAt == nil }
  }

  /// The options.
  public let options: Options
  /// The hosts, in the order of their ids.
  public internal(set) var hosts: [Host]
  /// Hosts that are out.
  public internal(set) var ejectedCount = 0
  /// When the next sweep is due.
  public internal(set) var nextSweepAt: Instant
  /// What the last sweep compared success rates with; nil when it did not.
  public internal(set) var lastThreshold: Threshold?
  var random: RandomStream

  /// A detector for `hostCount` hosts that begins at `start`.
  public init(
    _ options: Options, hostCount: Int, at start: Instant = .zero,
    random: RandomStream = RandomStream(seed: 0, name: "outlier")
  ) {
    precondition(options.interval > .zero, "the interval of an outlier detector must be above 0")
    self.options = options
    self.random = random
    hosts = Array(repeating: Host(), count: hostCount)
    nextSweepAt = start + options.interval
  }

  /// Whether calls may go to `host`.
  public func isActive(_ host: NodeID) -> Bool { hosts[host.index].isActive }

  /// Takes note of how a call to `host` ended, and says what that led to at once.
  ///
  /// Sweeps that are due must have been carried out.
  public mutating func record(_ result: Result, from host: NodeID, at now: Instant) -> Event? {
    let index = host.index
    hosts[index].calls += 1
    switch result {
    case .success:
      hosts[index].successes += 1
      if options.shortcut == .neverBreaksRow { return nil }
      hosts[index].serverErrorsInRow = 0
      hosts[index].gatewayErrorsInRow = 0
      return nil
    case .serverError:
      hosts[index].gatewayErrorsInRow = 0
    case .gatewayError:
      hosts[index].gatewayErrorsInRow += 1
      if hosts[index].gatewayErrorsInRow == options.consecutiveGatewayFailure,
        let event = judged(index, .consecutiveGatewayFailure, at: now)
      {
        hosts[index].gatewayErrorsInRow = 0
        if case .ejected = event.change {
          hosts[index].serverErrorsInRow += 1
          return event
        }
      }
    }
    hosts[index].serverErrorsInRow += 1
    guard hosts[index].serverErrorsInRow == options.consecutive5xx,
      let event = judged(index, .consecutive5xx, at: now)
    else { return nil }
    hosts[index].serverErrorsInRow = 0
    return event
  }

  private mutating func judged(_ index: Int, _ kind: Kind, at now: Instant) -> Event? {
    guard hosts[index].isActive else { return nil }
    return Event(at: now, host: NodeID(index), change: eject(index, kind, at: now))
  }
}
