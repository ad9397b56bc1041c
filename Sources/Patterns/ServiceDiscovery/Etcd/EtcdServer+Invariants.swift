import Kernel

extension EtcdServer {
  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Leased keys**: a key that is among a lease's keys hangs on that lease; one lease is looked
  /// at a call, in turn. **Only leaders count**: a server that does not lead counts no lease's
  /// time.
  public func checkInvariants() -> InvariantViolation? {
    if lessor.isPrimary, raft.role != .leader {
      return InvariantViolation("only leaders count", witness: "\(me) counts leases and follows")
    }
    if !state.leases.isEmpty {
      let lease = state.leases[raft.applied % state.leases.count]
      for key in lease.keys where state.store.read(key)?.lease != lease.id {
        return InvariantViolation(
          "leased keys", witness: "\(key) is not on lease \(lease.id) at \(me)")
      }
    }
    return raft.checkInvariants()
  }
}
