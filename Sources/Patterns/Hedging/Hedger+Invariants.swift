import Kernel

extension Hedger {
  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard let budget = options.budget else { return nil }
    let most = budget * Double(firstCount) + Double(options.burst)
    if Double(hedgeCount) > most + 1e-6 {
      return InvariantViolation(
        "hedge budget", witness: "\(hedgeCount) copies for \(firstCount) calls")
    }
    return nil
  }
}
