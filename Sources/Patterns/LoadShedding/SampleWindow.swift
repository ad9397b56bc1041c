import Kernel

/// Gathers the times of calls until a window is over, and hands on their average.
///
/// A single time says little: calls differ. Netflix's WindowedLimit averages at least ten of them
/// over at least a second.
///
/// Source: github.com/Netflix/concurrency-limits @78a74b9 limit/WindowedLimit.java.
struct SampleWindow: Sendable, Hashable {
  /// What a rule learns from.
  struct Sample: Sendable, Hashable {
    let rtt: TimeSpan
    let inFlight: Int
    let didDrop: Bool
  }

  /// Times below this are no calls.
  static let leastRTT = TimeSpan.microseconds(100)

  private var count = 0
  private var sum = TimeSpan.zero
  private var mostInFlight = 0
  private var didDrop = false
  private var end: Instant?

  /// Adds a call that ended at `now`; returns the window that it ended, if it did.
  mutating func add(
    rtt: TimeSpan, inFlight: Int, didDrop: Bool, at now: Instant, every span: TimeSpan, least: Int
  ) -> Sample? {
    guard rtt >= Self.leastRTT || didDrop else { return nil }
    if span == .zero {
      return Sample(rtt: max(rtt, .nanoseconds(1)), inFlight: inFlight, didDrop: didDrop)
    }
    count += 1
    sum = sum + rtt
    mostInFlight = max(mostInFlight, inFlight)
    self.didDrop = self.didDrop || didDrop
    let due = end ?? now + span
    end = due
    guard now >= due else { return nil }
    let sample =
      count >= least
      ? Sample(
        rtt: max(sum / count, .nanoseconds(1)), inFlight: mostInFlight, didDrop: self.didDrop)
      : nil
    self = SampleWindow()
    end = now + span
    return sample
  }
}
