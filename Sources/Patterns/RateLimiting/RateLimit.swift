import Kernel

/// A rate in whole numbers: so many permits in each period.
///
/// Time is counted in *ticks*, of which every nanosecond has `ticks` and every permit costs `unit`,
/// both whole: a third of a second is then as exact as half a second, and replays agree to the bit.
public struct RateLimit: Sendable, Hashable {
  /// Permits in each period; at least 1.
  public let permits: Int
  /// The period; at least 1 ns.
  public let period: TimeSpan
  /// Ticks in a nanosecond.
  let ticks: Int64
  /// Ticks that one permit costs.
  let unit: Int64

  /// So many `permits` in each `period`.
  public init(_ permits: Int, per period: TimeSpan) {
    precondition(permits > 0 && period > .zero, "a rate needs permits and a period above zero")
    self.permits = permits
    self.period = period
    var (left, right) = (Int64(permits), period.nanoseconds)
    while right != 0 { (left, right) = (right, left % right) }
    ticks = Int64(permits) / left
    unit = period.nanoseconds / left
  }

  /// Permits in a second.
  public var perSecond: Double { Double(permits) / period.seconds }

  /// The time that `ticks` take, rounded up.
  func span(_ count: Int64) -> TimeSpan {
    count <= 0 ? .zero : .nanoseconds((count - 1) / ticks + 1)
  }

  /// What `permits` cost in ticks.
  func cost(_ permits: Int) -> Int64 { Int64(permits) * unit }

  /// The ticks of a time that has passed, none for one that is negative, at most `limit`.
  func ticks(in span: TimeSpan, atMost limit: Int64) -> Int64 {
    guard span > .zero else { return 0 }
    let (product, overflow) = span.nanoseconds.multipliedReportingOverflow(by: ticks)
    return overflow ? limit : min(product, limit)
  }
}
