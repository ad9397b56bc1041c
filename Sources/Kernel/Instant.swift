/// A point in simulated time: whole nanoseconds since the start of the simulated universe.
///
/// Integer time makes runs reproducible to the byte; the range covers 292 years.
public struct Instant: Sendable, Hashable, Comparable {
  /// Nanoseconds since the start; never negative.
  public let nanoseconds: Int64

  /// The instant `nanoseconds` after the start of the universe.
  @inlinable public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// The start of the simulated universe.
  @inlinable public static var zero: Instant { Instant(nanoseconds: 0) }

  /// The last instant that can be named; nothing is ever scheduled there.
  @inlinable public static var distantFuture: Instant { Instant(nanoseconds: .max) }

  /// Seconds since the start, for charts and messages only: never for a decision.
  @inlinable public var seconds: Double { Double(nanoseconds) / 1e9 }

  /// Whether the left instant is earlier.
  @inlinable public static func < (left: Instant, right: Instant) -> Bool {
    left.nanoseconds < right.nanoseconds
  }

  /// The instant that is `span` later.
  @inlinable public static func + (instant: Instant, span: TimeSpan) -> Instant {
    Instant(nanoseconds: instant.nanoseconds + span.nanoseconds)
  }

  /// The instant that is `span` earlier.
  @inlinable public static func - (instant: Instant, span: TimeSpan) -> Instant {
    Instant(nanoseconds: instant.nanoseconds - span.nanoseconds)
  }

  /// The time that passes from the right instant to the left one.
  @inlinable public static func - (later: Instant, earlier: Instant) -> TimeSpan {
    TimeSpan(nanoseconds: later.nanoseconds - earlier.nanoseconds)
  }

  /// Moves the instant on by `span`.
  @inlinable public static func += (instant: inout Instant, span: TimeSpan) {
    instant = instant + span
  }
}

extension Instant: CustomStringConvertible {
  /// The time since the start in the unit that reads best, as in `30 s`.
  public var description: String { TimeSpan(nanoseconds: nanoseconds).description }
}
