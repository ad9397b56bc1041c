import Kernel

/// How suspicious a silence is, on a scale that the arrivals so far set.
///
/// phi is minus the decimal logarithm of the chance that a heartbeat comes even later than now. At
/// phi 1 a suspicion is wrong about once in 10, at phi 8 once in 10^8, if the gaps go on as they
/// did. A fixed timeout asks "how long"; phi asks "how unusual".
///
/// Sources: Hayashibara and others, "The phi accrual failure detector" (2004); Akka's
/// PhiAccrualFailureDetector (normal gaps, logistic approximation of the tail); Cassandra's
/// FailureDetector (exponential gaps).
public struct PhiAccrualDetector: Sendable, Hashable {
  /// What the gaps are taken to be.
  public enum Model: String, Sendable, Hashable, CaseIterable {
    /// A bell around their mean: Akka.
    case normal
    /// Memoryless: Cassandra.
    case exponential
  }

  /// What the gaps are taken to be.
  public let model: Model
  /// The most gaps that are remembered.
  public let sampleSize: Int
  /// The smallest deviation that gaps are credited with.
  public let minDeviation: TimeSpan
  /// A silence that is forgiven on top of the mean.
  public let acceptablePause: TimeSpan
  private var gaps: [Double] = []
  private var next = 0
  private var lastHeard: Instant?

  /// A detector that has heard nothing; it starts from `firstEstimate`, as Akka does.
  public init(
    model: Model = .normal, sampleSize: Int = 1_000, minDeviation: TimeSpan = .milliseconds(100),
    acceptablePause: TimeSpan = .seconds(3), firstEstimate: TimeSpan = .seconds(1)
  ) {
    precondition(sampleSize > 1, "a deviation needs two gaps")
    self.model = model
    self.sampleSize = sampleSize
    self.minDeviation = minDeviation
    self.acceptablePause = acceptablePause
    // Two gaps around the estimate give its mean and a quarter of it as deviation.
    let estimate = firstEstimate.seconds
    gaps = [estimate - estimate / 4, estimate + estimate / 4]
    next = 2
  }

  /// Takes note of a heartbeat.
  public mutating func heard(at now: Instant) {
    if let lastHeard {
      let gap = (now - lastHeard).seconds
      if gaps.count < sampleSize {
        gaps.append(gap)
      } else {
        gaps[next % sampleSize] = gap
      }
      next += 1
    }
    lastHeard = now
  }

  /// The mean gap, in seconds.
  public var mean: Double { gaps.reduce(0, +) / Double(gaps.count) }

  /// The deviation of the gaps, in seconds, without the floor.
  public var deviation: Double {
    let mean = mean
    let variance = gaps.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(gaps.count)
    return variance.squareRoot()
  }

  /// The suspicion at `now`; 0 before the first heartbeat.
  public func phi(at now: Instant) -> Double {
    guard let lastHeard else { return 0 }
    let silence = (now - lastHeard).seconds
    switch model {
    case .normal:
      return Self.phi(
        silence, mean: mean + acceptablePause.seconds,
        deviation: max(deviation, minDeviation.seconds))
    case .exponential: return silence / mean / PortableMath.log(10)
    }
  }

  /// Akka's suspicion after `silence` seconds, for gaps of this mean and deviation.
  public static func phi(_ silence: Double, mean: Double, deviation: Double) -> Double {
    let y = (silence - mean) / deviation
    let e = PortableMath.exp(-y * (1.5976 + 0.070566 * y * y))
    // Beyond what a double holds the tail is e itself, whose logarithm is at hand.
    if silence > mean, e < 1e-300 {
      return y * (1.5976 + 0.070566 * y * y) / PortableMath.log(10)
    }
    return silence > mean
      ? -PortableMath.log10(e / (1 + e)) : -PortableMath.log10(1 - 1 / (1 + e))
  }
}
