import Kernel

extension LimiterNode {
  /// Finds the first invariant that does not hold in this state, or nil.
  public func checkInvariants() -> InvariantViolation? {
    guard permits >= 0 else {
      return InvariantViolation("lease", witness: "\(permits) permits left of a lease")
    }
    guard unreported >= 0, unreported <= options.limit.permits else {
      return InvariantViolation(
        "own count", witness: "\(unreported) used in a window of \(options.limit.permits)")
    }
    return local.checkInvariants()
  }
}
