/// A length of simulated time in whole nanoseconds; it may be negative (a clock skew).
///
/// Not called `Duration`, so that nobody mistakes it for the standard library's type, whose
/// 128-bit attoseconds are slower and finer than a simulation needs.
public struct TimeSpan: Sendable, Hashable, Comparable {
  /// The length in nanoseconds.
  public let nanoseconds: Int64

  /// A span of `nanoseconds`.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// No time at all.
  @inlinable public static var zero: TimeSpan { TimeSpan(nanoseconds: 0) }

  /// A span of `count` nanoseconds.
  @inlinable public static func nanoseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count)
  }

  /// A span of `count` microseconds.
  @inlinable public static func microseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000)
  }

  /// A span of `count` milliseconds.
  @inlinable public static func milliseconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000)
  }

  /// A span of `count` seconds.
  @inlinable public static func seconds(_ count: Int64) -> TimeSpan {
    TimeSpan(nanoseconds: count * 1_000_000_000)
  }

  /// A span of `count` minutes.
  @inlinable public static func minutes(_ count: Int64) -> TimeSpan { .seconds(count * 60) }

  /// A span of `count` hours.
  @inlinable public static func hours(_ count: Int64) -> TimeSpan { .seconds(count * 3_600) }

  /// The span of so many seconds, rounded to the nearest nanosecond and clamped to the range.
  @inlinable public init(seconds: Double) {
    let nanoseconds = (seconds * 1e9).rounded(.toNearestOrEven)
    if nanoseconds >= 9.2e18 {
      self.init(nanoseconds: .max / 2)
    } else if nanoseconds <= -9.2e18 {
      self.init(nanoseconds: .min / 2)
    } else {
      self.init(nanoseconds: Int64(nanoseconds))
    }
  }

  /// The length in seconds.
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// The length in milliseconds.
  @inlinable public var milliseconds: Double { Double(nanoseconds) / 1e6 }

  /// Whether the left span is shorter.
  @inlinable public static func < (left: TimeSpan, right: TimeSpan) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// Both spans, one after the other.
  @inlinable public static func + (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds + right.nanoseconds)
  }

  /// What is left of the first span after the second.
  @inlinable public static func - (left: TimeSpan, right: TimeSpan) -> TimeSpan {
    TimeSpan(nanoseconds: left.nanoseconds - right.nanoseconds)
  }

  /// The span `factor` times over.
  @inlinable public static func * (span: TimeSpan, factor: Int) -> TimeSpan {
    TimeSpan(nanoseconds: span.nanoseconds * Int64(factor))
  }

  /// The span scaled by `factor`, rounded to the nearest nanosecond.
  @inlinable public static func * (span: TimeSpan, factor: Double) -> TimeSpan {
    TimeSpan(seconds: Double(span.nanoseconds) * factor / 1e9)
  }

  /// The `divisor`-th part, rounded towards zero.
  @inlinable public static func / (span: TimeSpan, divisor: Int) -> TimeSpan {
    TimeSpan(nanoseconds: span.nanoseconds / Int64(divisor))
  }
}

extension TimeSpan: CustomStringConvertible {
  /// The span in the unit that reads best, as in `1.5 s`, `212 ms`, `40 us`.
  public var description: String { Unit.seconds.text(seconds) }
}

extension TimeSpan {
  /// Reads a span such as `30s`, `1.5 ms`, `2m`, `1h`, `250us`, `10ns`; nil for anything else.
  public init?(text: String) {
    let digits = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
    let unit = text.dropFirst(digits.count).drop { $0 == " " }
    guard let number = Double(digits), number.isFinite, let scale = Self.scale(of: String(unit))
    else { return nil }
    self.init(seconds: number * scale)
  }

  /// The unit words that `init(text:)` reads.
  public static let unitWords = ["ns", "us", "ms", "s", "m", "h", "d"]

  private static func scale(of unit: String) -> Double? {
    switch unit {
    case "ns": 1e-9
    case "us", "µs": 1e-6
    case "ms": 1e-3
    case "s", "sec", "second", "seconds": 1
    case "m", "min", "minute", "minutes": 60
    case "h", "hour", "hours": 3_600
    case "d", "day", "days": 86_400
    default: nil
    }
  }
}
