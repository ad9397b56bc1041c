import Kernel

extension RateLimiter {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    switch algorithm {
    case .tokenBucket(let bucket):
      guard (0...bucket.rate.cost(bucket.capacity)).contains(bucket.level) else {
        return InvariantViolation(
          "level",
          witness: "\(Double(bucket.level) / Double(bucket.rate.unit)) tokens in a bucket of "
            + "\(bucket.capacity)")
      }
    case .leakyMeter(let meter):
      guard (0...meter.burst * 1_000).contains(meter.excess) || meter.excess == 0 else {
        return InvariantViolation(
          "excess", witness: "\(meter.excess) thousandths, a burst of \(meter.burst)")
      }
    case .fixedWindow(let window):
      guard window.isCountingDenied || window.count <= window.rate.permits else {
        return InvariantViolation(
          "window", witness: "\(window.count) counted, \(window.rate.permits) allowed")
      }
    case .concurrency(let limit):
      guard limit.inFlight <= limit.limit else {
        return InvariantViolation(
          "in progress", witness: "\(limit.inFlight) of \(limit.limit)")
      }
    case .gcra, .leakyQueue, .slidingLog, .slidingCounter, .unlimited: break
    }
    return nil
  }
}
