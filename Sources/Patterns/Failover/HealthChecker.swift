import Kernel

/// What checks have found of one target: up or down, and how far it is on the way to the other.
///
///     up ──`fall` failures in a row──▶ down ──`rise` successes in a row──▶ up
///
/// **The state changes only after the required number of equal results in a row.** One lost packet
/// takes nobody out, one lucky answer brings nobody back.
///
/// Source: haproxy/haproxy @50872daa6, doc/configuration.txt (`rise`, `fall`); Kubernetes
/// `failureThreshold` and `successThreshold`, kubernetes/api @10b39a39b core/v1/types.go.
public struct HealthChecker: Sendable, Hashable {
  /// Whether the target counts as healthy.
  public private(set) var isUp: Bool
  /// Results in a row that speak against the state.
  public private(set) var streak = 0
  /// Successes in a row that bring a target back.
  public let rise: Int
  /// Failures in a row that take it out.
  public let fall: Int
  private let shortcut: FailoverShortcut?

  /// A checker of a target that is up, or down, to begin with.
  public init(rise: Int, fall: Int, isUp: Bool = true, shortcut: FailoverShortcut? = nil) {
    precondition(rise > 0 && fall > 0, "a state changes after at least one result")
    self.rise = rise
    self.fall = fall
    self.isUp = isUp
    self.shortcut = shortcut
  }

  /// Takes a result; returns the new state when it changed.
  @discardableResult
  public mutating func record(_ isGood: Bool) -> Bool? {
    guard isGood != isUp else {
      if shortcut != .countsAllFailures { streak = 0 }
      return nil
    }
    streak += 1
    guard streak >= (isUp ? fall : rise) else { return nil }
    isUp.toggle()
    streak = 0
    return isUp
  }

  /// The streak stays below what would have changed the state.
  public func checkInvariants() -> InvariantViolation? {
    guard streak < (isUp ? fall : rise) else {
      return InvariantViolation(
        "state follows the streak", witness: "\(streak) results against '\(isUp ? "up" : "down")'")
    }
    return nil
  }
}
