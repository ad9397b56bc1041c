/// Counts of finished calls: how many there were, failed, and were slow.
///
/// A call may be both failed and slow; it then counts in both.
public struct OutcomeTally: Sendable, Hashable {
  /// Calls that finished and were counted.
  public var calls: Int32
  /// Calls among them that failed.
  public var failures: Int32
  /// Calls among them that took longer than the slow limit, failed or not.
  public var slow: Int32

  /// A tally of so many calls; all zero when nothing is said.
  @inlinable public init(calls: Int32 = 0, failures: Int32 = 0, slow: Int32 = 0) {
    self.calls = calls
    self.failures = failures
    self.slow = slow
  }

  /// The share of calls that failed, from 0 to 1; 0 when there were none.
  @inlinable public var failureRate: Double { calls == 0 ? 0 : Double(failures) / Double(calls) }

  /// The share of calls that were slow, from 0 to 1; 0 when there were none.
  @inlinable public var slowRate: Double { calls == 0 ? 0 : Double(slow) / Double(calls) }

  /// Adds the counts of another tally.
  @inlinable public static func += (left: inout OutcomeTally, right: OutcomeTally) {
    left.calls += right.calls
    left.failures += right.failures
    left.slow += right.slow
  }

  /// Takes away the counts of another tally.
  @inlinable public static func -= (left: inout OutcomeTally, right: OutcomeTally) {
    left.calls -= right.calls
    left.failures -= right.failures
    left.slow -= right.slow
  }
}

extension OutcomeTally: CustomStringConvertible {
  /// The counts in words: `12 calls, 3 failed, 1 slow`; slow ones only when there are any.
  public var description: String {
    "\(calls) calls, \(failures) failed" + (slow > 0 ? ", \(slow) slow" : "")
  }
}
