import Kernel

extension ConcurrencyLimiter {
  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    if !rule.bounds.contains(limit) {
      return InvariantViolation("limit bounds", witness: "the limit is \(limit)")
    }
    if inFlight < 0 { return InvariantViolation("permits", witness: "\(inFlight) calls inside") }
    if let idleGrowth { return InvariantViolation("idle growth", witness: idleGrowth) }
    return nil
  }
}
