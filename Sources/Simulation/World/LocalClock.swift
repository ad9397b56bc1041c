import Kernel

/// The clocks of one node: a monotonic one for timers and a wall clock for timestamps.
///
/// A drift makes both run fast or slow. Skews and jumps move the wall clock only, as the
/// administrator or NTP stepping the time does; the monotonic clock never steps. Real systems that
/// measure leases with the wall clock break under a jump, those that use the monotonic one do not.
///
/// Source: clock_gettime(2), CLOCK_REALTIME and CLOCK_MONOTONIC.
public struct LocalClock: Sendable, Hashable {
  private var origin = Instant.zero
  private var reading = Instant.zero
  private var correction = TimeSpan.zero
  /// The ratio of the clocks' speed to that of true time.
  public private(set) var rate = 1.0
  /// How far the wall clock is ahead of the monotonic clock.
  public private(set) var offset = TimeSpan.zero

  /// A clock that is right.
  public init() {}

  /// What the monotonic clock reads at the true instant `now`, which must not lie before the last
  /// change of rate.
  public func monotonic(at now: Instant) -> Instant {
    let passed = now - origin
    return reading + (rate == 1 ? passed : Self.scaled(passed, by: rate))
  }

  /// What the wall clock reads at the true instant `now`; never less than zero.
  public func wall(at now: Instant) -> Instant { max(.zero, monotonic(at: now) + offset) }

  /// The first true instant at which the monotonic clock reads `due` or later, if nothing changes.
  public func trueInstant(monotonic due: Instant) -> Instant {
    let ahead = due - reading
    guard rate != 1 else { return origin + ahead }
    var instant = origin + Self.scaled(ahead, by: 1 / rate)
    while monotonic(at: instant) < due { instant += TimeSpan(nanoseconds: 1) }
    while instant > origin, monotonic(at: instant - TimeSpan(nanoseconds: 1)) >= due {
      instant = instant - TimeSpan(nanoseconds: 1)
    }
    return instant
  }

  /// The first true instant at which the wall clock reads `due` or later, if nothing changes.
  public func trueInstant(wall due: Instant) -> Instant {
    trueInstant(monotonic: due - offset)
  }

  /// Makes both clocks run at `rate` from `now` on.
  mutating func setRate(_ rate: Double, at now: Instant) {
    reading = monotonic(at: now)
    origin = now
    self.rate = rate
  }

  /// Moves the wall clock by `error` away from where the last correction put it.
  mutating func setError(_ error: TimeSpan) { offset = correction + error }

  /// Steps the wall clock to the true time, as a time server does.
  mutating func correct(at now: Instant) {
    correction = now - monotonic(at: now)
    offset = correction
  }

  private static func scaled(_ span: TimeSpan, by factor: Double) -> TimeSpan {
    TimeSpan(nanoseconds: Int64((Double(span.nanoseconds) * factor).rounded()))
  }
}
