import Kernel

/// A limit that estimates, from the shortest time ever seen, how many calls stand in line.
///
///     line = ceil(limit x (1 - shortest / present time))
///     line <= log10: + 6 log10     line < 3 log10: + log10     line > 6 log10 or a loss: - log10
///
/// The shortest time is measured anew every 15 to 30 times the limit updates, because servers get
/// slower. A probe that falls into an overload takes the line for the normal state.
///
/// Source: github.com/Netflix/concurrency-limits @78a74b9 limit/VegasLimit.java.
public struct VegasLimit: Sendable, Hashable {
  /// The greatest limit.
  public let maxConcurrency: Int
  /// How much of the new estimate is taken over, from 0 to 1.
  public let smoothing: Double
  /// The shortest time is measured anew after so many times the limit updates, less by chance.
  public let probeMultiplier: Int
  /// The present limit, before it is cut off to a whole number.
  public private(set) var estimate: Double
  /// The time of a call that met no line, as far as it knows.
  public private(set) var shortest: TimeSpan?
  private var probeCount = 0
  private var probeJitter: Double
  private var random: RandomStream

  /// A limit at its start.
  public init(
    initialLimit: Int = 20, maxConcurrency: Int = 1_000, smoothing: Double = 1,
    probeMultiplier: Int = 30, random: RandomStream = RandomStream(seed: 1, name: "vegas")
  ) {
    self.maxConcurrency = maxConcurrency
    self.smoothing = smoothing
    self.probeMultiplier = probeMultiplier
    self.random = random
    estimate = Double(initialLimit)
    probeJitter = 0
    probeJitter = 0.5 + self.random.unit() / 2
  }

  /// The present limit.
  public var limit: Int { Int(estimate) }

  /// Takes in a call, or a window of calls: its time, the calls in flight beside it, whether one
  /// was lost.
  public mutating func update(rtt: TimeSpan, inFlight: Int, didDrop: Bool) {
    probeCount += 1
    if probeJitter * Double(probeMultiplier) * estimate <= Double(probeCount) {
      probeJitter = 0.5 + random.unit() / 2
      probeCount = 0
      shortest = rtt
      return
    }
    guard let shortest, rtt >= shortest else {
      self.shortest = rtt
      return
    }
    let ratio = Double(shortest.nanoseconds) / Double(max(1, rtt.nanoseconds))
    let line = Int((estimate * (1 - ratio)).rounded(.up))
    let log = max(1, Int(PortableMath.log10(estimate.rounded(.down))))
    let next: Double
    if didDrop {
      next = estimate - Double(log)
    } else if Double(inFlight * 2) < estimate {
      return
    } else if line <= log {
      next = estimate + Double(6 * log)
    } else if line < 3 * log {
      next = estimate + Double(log)
    } else if line > 6 * log {
      next = estimate - Double(log)
    } else {
      return
    }
    let bounded = max(1, min(Double(maxConcurrency), next))
    estimate = (1 - smoothing) * estimate + smoothing * bounded
  }
}
