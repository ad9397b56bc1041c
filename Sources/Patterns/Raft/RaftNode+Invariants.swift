import Kernel

extension RaftNode {
  /// What holds for a node whatever the others do.
  ///
  /// Called after every step, so it takes no time that grows with the log; what holds between
  /// nodes is looked after by `RaftAudit`.
  public func checkInvariants() -> InvariantViolation? {
    if commit > log.lastIndex {
      return violation("commit in log", "commit \(commit) after the last \(log.lastIndex)")
    }
    if applied > commit {
      return violation("apply committed only", "applied \(applied) after commit \(commit)")
    }
    if let snapshot = log.snapshot, snapshot.index > commit || snapshot.index < log.base.index {
      return violation(
        "snapshot of committed",
        "snapshot \(snapshot.index), base \(log.base.index), commit \(commit)")
    }
    if log.lastTerm > term {
      return violation("terms grow", "entry of term \(log.lastTerm) in term \(term)")
    }
    if let last = log.entries.last, last.index != log.lastIndex {
      return violation("log without gaps", "\(last.index) stands at \(log.lastIndex)")
    }
    if leadership != nil, leader != id || ballot != nil {
      return violation("one role", "leads and follows \(leader?.description ?? "nobody")")
    }
    for peer in leadership?.peers ?? []
    where peer.match > log.lastIndex || peer.next <= peer.match {
      return violation("progress", "match \(peer.match), next \(peer.next) of \(peer.node)")
    }
    return nil
  }

  private func violation(_ invariant: String, _ witness: String) -> InvariantViolation {
    InvariantViolation(invariant, witness: "\(id) in term \(term): \(witness)")
  }
}
