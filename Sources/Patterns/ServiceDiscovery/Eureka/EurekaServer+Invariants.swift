import Kernel

extension EurekaServer {
  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Eviction limit**: a run evicts at most `size - int(size x 0.85)`. **Self-preservation**: no
  /// run evicts while renewals are at or below the threshold. **One identity**: a lease stands
  /// under the node it names. **Delta order**: changes stand in the order they happened.
  public func checkInvariants() -> InvariantViolation? {
    if let run = lastRun {
      let limit = SelfPreservation.evictionLimit(size: run.size, options: options)
      if run.evicted > limit {
        return InvariantViolation(
          "eviction limit", witness: "\(run.evicted) of \(run.size) evicted, limit \(limit)")
      }
      let mayEvict = run.renewals > run.threshold && run.threshold > 0
      if options.enableSelfPreservation, !mayEvict, run.evicted > 0 {
        return InvariantViolation(
          "self-preservation",
          witness: "\(run.evicted) evicted at \(run.renewals) renewals, "
            + "threshold \(run.threshold)")
      }
    }
    for node in leases.keys.sorted() where leases[node]?.holder.node != node {
      return InvariantViolation("one identity", witness: "the lease of \(node) names another node")
    }
    for (earlier, later) in zip(changes, changes.dropFirst()) where earlier.at > later.at {
      return InvariantViolation("delta order", witness: "a change at \(later.at) stands too late")
    }
    return nil
  }
}
