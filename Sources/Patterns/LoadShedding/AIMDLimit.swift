import Kernel

/// A limit that grows by one while calls succeed and shrinks by a tenth when one is lost.
///
/// It learns from loss and lateness only, so it lets a line grow until calls take `timeout`.
///
/// Source: github.com/Netflix/concurrency-limits @78a74b9 limit/AIMDLimit.java.
public struct AIMDLimit: Sendable, Hashable {
  /// The limit that it begins with.
  public var initialLimit = 20
  /// The least limit.
  public var minLimit = 20
  /// The greatest limit.
  public var maxLimit = 200
  /// What is left of the limit after a loss, from 0.5 to 1.
  public var backoffRatio = 0.9
  /// A call that took longer counts as lost.
  public var timeout = TimeSpan.seconds(5)
  /// The present limit.
  public private(set) var limit = 20

  /// A limit at its start.
  public init(
    initialLimit: Int = 20, minLimit: Int = 20, maxLimit: Int = 200, backoffRatio: Double = 0.9,
    timeout: TimeSpan = .seconds(5)
  ) {
    self.initialLimit = initialLimit
    self.minLimit = minLimit
    self.maxLimit = maxLimit
    self.backoffRatio = backoffRatio
    self.timeout = timeout
    limit = initialLimit
  }

  /// Takes in a call, or a window of calls: its time, the calls in flight beside it, whether one
  /// was lost.
  public mutating func update(rtt: TimeSpan, inFlight: Int, didDrop: Bool) {
    let next: Int
    if didDrop || rtt > timeout {
      next = Int(Double(limit) * backoffRatio)
    } else if inFlight * 2 >= limit {
      next = limit + 1
    } else {
      next = limit
    }
    limit = min(maxLimit, max(minLimit, next))
  }
}
