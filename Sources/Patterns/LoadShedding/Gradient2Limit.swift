import Kernel

/// A limit that compares the present time of calls with a long-term average.
///
///     gradient = tolerance x long / short, within 0.5 and 1
///     limit    = (1 - smoothing) x limit + smoothing x (gradient x limit + queueSize)
///
/// An average instead of a minimum, because calls differ in size. The price: when an overload lasts,
/// the average learns it.
///
/// Source: github.com/Netflix/concurrency-limits @78a74b9 limit/Gradient2Limit.java.
public struct Gradient2Limit: Sendable, Hashable {
  /// Times of which the plain average is taken before the moving one begins.
  static let warmUp = 10

  /// The least limit.
  public let minLimit: Int
  /// The greatest limit.
  public let maxConcurrency: Int
  /// How much of the new estimate is taken over, from 0 to 1.
  public let smoothing: Double
  /// Calls that may stand in line; what the limit grows by.
  public let queueSize: Int
  /// How many times the long-term time a call may take before the limit shrinks.
  public let rttTolerance: Double
  /// Updates that the long-term average looks back on.
  public let longWindow: Int
  /// The present limit, before it is cut off to a whole number.
  public private(set) var estimate: Double
  /// The long-term average of times, in nanoseconds.
  public private(set) var longRTT = 0.0
  private var sum = 0.0
  private var count = 0

  /// A limit at its start.
  public init(
    initialLimit: Int = 20, minLimit: Int = 20, maxConcurrency: Int = 200, smoothing: Double = 0.2,
    queueSize: Int = 4, rttTolerance: Double = 1.5, longWindow: Int = 600
  ) {
    self.minLimit = minLimit
    self.maxConcurrency = maxConcurrency
    self.smoothing = smoothing
    self.queueSize = queueSize
    self.rttTolerance = rttTolerance
    self.longWindow = longWindow
    estimate = Double(initialLimit)
  }

  /// The present limit.
  public var limit: Int { Int(estimate) }

  /// Takes in a call, or a window of calls: its time and the calls in flight beside it; a loss
  /// means nothing to it.
  public mutating func update(rtt: TimeSpan, inFlight: Int, didDrop: Bool) {
    let short = Double(max(1, rtt.nanoseconds))
    if count < Self.warmUp {
      count += 1
      sum += short
      longRTT = sum / Double(count)
    } else {
      let factor = 2 / Double(longWindow + 1)
      longRTT = longRTT * (1 - factor) + short * factor
    }
    let long = longRTT
    if long / short > 2 { longRTT *= 0.95 }
    guard Double(inFlight) >= estimate / 2 else { return }
    let gradient = max(0.5, min(1, rttTolerance * long / short))
    let next = estimate * gradient + Double(queueSize)
    estimate = max(
      Double(minLimit),
      min(Double(maxConcurrency), estimate * (1 - smoothing) + next * smoothing))
  }
}
