import Kernel

/// The safety properties of Raft over whole logs at one moment, stated as plainly as they can be.
///
/// Slow on purpose: it is what `RaftAudit` is held against.
public enum RaftProperties {
  /// At most one of `nodes` leads in a term.
  public static func electionSafety<Command, Image>(
    _ nodes: [RaftNode<Command, Image>]
  ) -> InvariantViolation? {
    let leaders = nodes.filter { $0.role == .leader }
    for (place, first) in leaders.enumerated() {
      for second in leaders[(place + 1)...] where first.term == second.term {
        return InvariantViolation(
          "election safety", witness: "\(first.id) and \(second.id) lead in \(first.term)")
      }
    }
    return nil
  }

  /// Logs that agree on an entry's index and term agree on all entries before.
  public static func logMatching<Command, Image>(
    _ nodes: [RaftNode<Command, Image>]
  ) -> InvariantViolation? {
    for (place, first) in nodes.enumerated() {
      for second in nodes[(place + 1)...] {
        var mustAgree = false
        for entry in first.log.entries.reversed() {
          guard let other = second.log[entry.index] else { continue }
          if entry.term == other.term { mustAgree = true }
          guard mustAgree, entry != other else { continue }
          return InvariantViolation(
            "log matching", witness: "\(first.id) has \(entry), \(second.id) has \(other)")
        }
      }
    }
    return nil
  }

  /// A leader of the latest term holds everything that any node knows to be committed.
  public static func leaderCompleteness<Command, Image>(
    _ nodes: [RaftNode<Command, Image>]
  ) -> InvariantViolation? {
    for leader in nodes where leader.role == .leader {
      for node in nodes where node.term <= leader.term {
        for entry in node.log.entries where entry.index <= node.commit {
          if entry.index <= leader.log.base.index || leader.log[entry.index] == entry { continue }
          return InvariantViolation(
            "leader completeness", witness: "\(leader.id) lacks \(entry), committed at \(node.id)")
        }
      }
    }
    return nil
  }

  /// No two nodes have committed different entries at an index.
  public static func stateMachineSafety<Command, Image>(
    _ nodes: [RaftNode<Command, Image>]
  ) -> InvariantViolation? {
    for (place, first) in nodes.enumerated() {
      for second in nodes[(place + 1)...] {
        for entry in first.log.entries where entry.index <= min(first.commit, second.commit) {
          guard let other = second.log[entry.index], other != entry else { continue }
          return InvariantViolation(
            "state machine safety", witness: "\(first.id): \(entry), \(second.id): \(other)")
        }
      }
    }
    return nil
  }

  /// The first of the four that does not hold, or nil.
  public static func all<Command, Image>(
    _ nodes: [RaftNode<Command, Image>]
  ) -> InvariantViolation? {
    electionSafety(nodes) ?? logMatching(nodes) ?? leaderCompleteness(nodes)
      ?? stateMachineSafety(nodes)
  }
}
