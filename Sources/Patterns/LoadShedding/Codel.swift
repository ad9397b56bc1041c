import Kernel

/// Tells a burst from a standing line by the *shortest* wait of an interval, and drops what waited
/// too long only while the line stands.
///
/// A burst passes: within an interval somebody waits hardly at all. If even the luckiest of an interval
/// waited longer than the target, the line stands. This is the variant of folly: while overloaded,
/// calls that waited more than twice the target are dropped.
///
/// Source: github.com/facebook/folly folly/executors/Codel.cpp @1ad98e21; Maurer, Fail at Scale, ACM
/// Queue 2015.
public struct Codel: Sendable, Hashable {
  /// The wait that is fine, if a line stands.
  public let target: TimeSpan
  /// How long a line must stand.
  public let interval: TimeSpan
  /// Whether the shortest wait of the last interval was above the target.
  public private(set) var isOverloaded = false
  private var shortest = TimeSpan.zero
  private var isReset = true
  private var intervalEnd = Instant.zero

  /// Folly's defaults are a target of 5 ms and an interval of 100 ms.
  public init(target: TimeSpan = .milliseconds(5), interval: TimeSpan = .milliseconds(100)) {
    self.target = target
    self.interval = interval
  }

  /// Whether a call that waited `delay` and whose turn has come is dropped.
  public mutating func drops(delay: TimeSpan, at now: Instant) -> Bool {
    if now > intervalEnd, !isReset {
      isReset = true
      intervalEnd = now + interval
      isOverloaded = shortest > target
    }
    if isReset {
      isReset = false
      shortest = delay
      return false
    }
    shortest = min(shortest, delay)
    return isOverloaded && delay > target * 2
  }
}
