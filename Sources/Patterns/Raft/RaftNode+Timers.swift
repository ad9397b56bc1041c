import Kernel

extension RaftNode {
  /// When silence makes the node stand for election.
  var electionDue: Instant { silentSince + options.electionTimeout + electionSpread }

  /// When the node has to be woken next, or nil when it only listens.
  var nextDeadline: Instant? {
    if let leadership {
      var due = min(leadership.heartbeatDue, leadership.quorumCheckDue)
      if let transfer = leadership.transfer { due = min(due, transfer.abortAt) }
      return due
    }
    return mayStand ? electionDue : nil
  }

  /// Part of an election timeout, below the timeout itself; drawn so that votes seldom split
  /// (section 5.2).
  mutating func drawnSpread() -> TimeSpan {
    random.span(.zero, to: options.electionTimeout - .nanoseconds(1))
  }

  mutating func wake(_ turn: inout Turn) {
    if let wakeAt, turn.now >= wakeAt { self.wakeAt = nil }
    if leadership != nil {
      wakeLeader(&turn)
    } else if mayStand, turn.now >= electionDue {
      campaign(&turn)
    }
  }

  private mutating func wakeLeader(_ turn: inout Turn) {
    guard let leadership else { return }
    if turn.now >= leadership.quorumCheckDue, !keepsQuorum(&turn) { return }
    if let transfer = leadership.transfer, turn.now >= transfer.abortAt {
      self.leadership?.transfer = nil
    }
    if turn.now >= leadership.heartbeatDue { beat(&turn) }
  }

  /// Counts who was heard since the last count; a leader without a majority steps down.
  private mutating func keepsQuorum(_ turn: inout Turn) -> Bool {
    let due = turn.now + options.electionTimeout
    leadership?.quorumCheckDue = due
    guard options.checkQuorum, let peers = leadership?.peers else { return true }
    let active = log.membership.voters.count { voter in
      voter == id || peers.contains { $0.node == voter && $0.isActive }
    }
    guard active >= log.membership.quorum else {
      follow(nil, in: term, &turn)
      return false
    }
    for place in peers.indices { leadership?.peers[place].isActive = false }
    return true
  }
}
