import Kernel

/// A running estimate of the percentiles of call times.
///
/// Times fall into buckets of which sixteen cover each doubling, so that an estimate is at most a
/// sixteenth too high. After `window` times all counts are halved: old times fade and never quite
/// vanish. Nothing is allocated after the digest was made.
public struct LatencyDigest: Sendable, Hashable {
  /// Times after which all counts are halved.
  public let window: Int
  /// Times counted, faded ones in part.
  public private(set) var count = 0
  private var buckets: [Int32]

  /// An empty digest.
  public init(window: Int = 2_000) {
    precondition(window > 0, "a digest looks back on at least one time")
    self.window = window
    buckets = Array(repeating: 0, count: 16 * 61)
  }

  /// Counts one time.
  public mutating func record(_ span: TimeSpan) {
    buckets[Self.bucket(span)] += 1
    count += 1
    if count >= 2 * window { fade() }
  }

  /// The time that a share `q` of calls does not exceed, rounded up to a bucket's end; nil
  /// before the first time.
  public func quantile(_ q: Double) -> TimeSpan? {
    guard count > 0 else { return nil }
    let rank = max(1, Int((q * Double(count)).rounded(.up)))
    var seen = 0
    for index in buckets.indices {
      seen += Int(buckets[index])
      if seen >= rank { return Self.end(of: index) }
    }
    return nil
  }

  private mutating func fade() {
    count = 0
    for index in buckets.indices {
      buckets[index] /= 2
      count += Int(buckets[index])
    }
  }

  /// Sixteen buckets a doubling; below 32 ns each nanosecond has its own.
  static func bucket(_ span: TimeSpan) -> Int {
    let value = max(0, span.nanoseconds)
    guard value >= 16 else { return Int(value) }
    let shift = 63 - value.leadingZeroBitCount - 4
    return (shift + 1) * 16 + Int(value >> Int64(shift)) - 16
  }

  /// The longest time that falls into a bucket.
  static func end(of bucket: Int) -> TimeSpan {
    guard bucket >= 16 else { return .nanoseconds(Int64(bucket)) }
    let shift = Int64(bucket / 16 - 1)
    return .nanoseconds((Int64(bucket % 16 + 17) << shift) - 1)
  }
}
