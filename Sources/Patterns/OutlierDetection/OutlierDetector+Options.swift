import Kernel

extension OutlierDetector {
  /// Everything that can be set on an outlier detector; the defaults are Envoy's.
  public struct Options: Sendable, Hashable {
    /// Server errors in a row that make an outlier.
    public var consecutive5xx = 5
    /// Gateway errors in a row that make an outlier.
    public var consecutiveGatewayFailure = 5
    /// The time between sweeps.
    public var interval = TimeSpan.seconds(10)
    /// The ejection time of a host's first ejection; its next ones are multiples.
    public var baseEjectionTime = TimeSpan.seconds(30)
    /// The longest ejection time.
    public var maxEjectionTime = TimeSpan.seconds(300)
    /// The most that chance adds to an ejection time.
    public var maxEjectionTimeJitter = TimeSpan.zero
    /// The most hosts that may be out, in percent of all.
    public var maxEjectionPercent = 10.0
    /// Whether the first outlier is ejected whatever the share says.
    public var alwaysEjectOneHost = false
    /// Hosts with enough calls that are needed to compare success rates.
    public var successRateMinimumHosts = 5
    /// Calls a host needs in an interval to be compared.
    public var successRateRequestVolume = 100
    /// How many thousandths of a standard deviation below the mean make an outlier.
    public var successRateStdevFactor = 1_900.0
    /// The share of failures in percent that makes an outlier.
    public var failurePercentageThreshold = 85.0
    /// Hosts with enough calls that are needed to judge failure percentages.
    public var failurePercentageMinimumHosts = 5
    /// Calls a host needs in an interval for its failure percentage to be judged.
    public var failurePercentageRequestVolume = 50
    /// The chance in percent that consecutive server errors are acted upon.
    public var enforcingConsecutive5xx = 100.0
    /// The chance in percent that consecutive gateway errors are acted upon.
    public var enforcingConsecutiveGatewayFailure = 0.0
    /// The chance in percent that a low success rate is acted upon.
    public var enforcingSuccessRate = 100.0
    /// The chance in percent that a high failure percentage is acted upon.
    public var enforcingFailurePercentage = 0.0
    /// A wrong way to build the detector, for drills; nil for the right one.
    public var shortcut: OutlierShortcut?

    /// Envoy's defaults.
    public init() {}

    func enforcing(_ kind: Kind) -> Double {
      switch kind {
      case .consecutive5xx: enforcingConsecutive5xx
      case .consecutiveGatewayFailure: enforcingConsecutiveGatewayFailure
      case .successRate: enforcingSuccessRate
      case .failurePercentage: enforcingFailurePercentage
      }
    }
  }
}
