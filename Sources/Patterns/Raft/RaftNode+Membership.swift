import Kernel

extension RaftNode {
  /// An operator's change: one at a time, and not before this leader has committed an entry of
  /// its own term, or two leaders' changes could be in force at once without a common majority
  /// (Ongaro, "bug in single-server membership changes", raft-dev list, 2015).
  mutating func propose(_ change: RaftMembershipChange, _ turn: inout Turn) {
    guard let leadership else {
      return turn.outputs.append(.refused(.notLeader(leader: leader)))
    }
    if leadership.transfer != nil { return turn.outputs.append(.refused(.transferring)) }
    guard log.membershipIndex <= commit, log.term(at: commit) == term else {
      return turn.outputs.append(.refused(.changePending))
    }
    guard let next = log.membership.after(change) else {
      return turn.outputs.append(.refused(.pointless))
    }
    turn.outputs.append(.accepted(index: log.lastIndex + 1, term: term))
    append(.membership(next), &turn)
  }

  /// Starts and stops following up members as the leader's membership has it.
  mutating func adopt(_ members: RaftMembership) {
    guard let peers = leadership?.peers else { return }
    let followed = members.all.filter { $0 != id }.map { node in
      if let known = peers.first(where: { $0.node == node }) { return known }
      var fresh = RaftProgress(node, match: 0, next: log.lastIndex)
      // A server is given until the next count to answer.
      fresh.isActive = true
      return fresh
    }
    leadership?.peers = followed
  }

  /// A proposal that a follower passed on; refused in silence, as nobody waits for a word.
  mutating func takeForwarded(_ command: Command, _ turn: inout Turn) {
    guard leadership?.transfer == nil,
      log.lastIndex - commit < options.maxUncommittedEntries
    else { return }
    append(.command(command), &turn)
  }

  /// An operator's wish for another leader (thesis, section 3.10).
  ///
  /// Brings the target up to date, then tells it to stand at once; given up after an election
  /// timeout.
  mutating func transfer(to target: NodeID, _ turn: inout Turn) {
    guard let leadership else {
      return turn.outputs.append(.refused(.notLeader(leader: leader)))
    }
    guard target != id, log.membership.isVoter(target), let place = leadership.place(of: target)
    else { return turn.outputs.append(.refused(.pointless)) }
    let deadline = turn.now + options.electionTimeout
    self.leadership?.hasTransferred = true
    self.leadership?.transfer = .init(target: target, abortAt: deadline)
    if leadership.peers[place].match == log.lastIndex {
      send(.timeoutNow, to: target, &turn)
    } else {
      sendAppend(to: target, &turn)
    }
  }
}
