import Kernel

/// A run of probes: at equal distances each instance is asked whether it works.
///
/// So many failures in a row take it out of its callers' choice, so many successes bring it back.
///
/// The standard figures are HAProxy's (`inter 2s fall 3 rise 2`).
public struct HealthCheck: Sendable, Hashable {
  /// The time from one probe of an instance to the next, above 0.
  public var interval = TimeSpan.seconds(2)
  /// Failures in a row until an instance is taken out, from 1.
  public var fall = 3
  /// Successes in a row until it is brought back, from 1.
  public var rise = 2

  /// The usual check.
  public init() {}
}

/// What the probes of one instance have shown so far.
struct ProbeRecord {
  /// Whether enough probes in a row have failed.
  private(set) var isDown = false
  /// Probes in a row that say the opposite of `isDown`.
  private(set) var contrary = 0

  /// Notes one probe; says whether the instance has changed sides by it.
  mutating func note(succeeded: Bool, under check: HealthCheck) -> Bool {
    guard succeeded == isDown else {
      contrary = 0
      return false
    }
    contrary += 1
    guard contrary >= (isDown ? check.rise : check.fall) else { return false }
    contrary = 0
    isDown.toggle()
    return true
  }
}
