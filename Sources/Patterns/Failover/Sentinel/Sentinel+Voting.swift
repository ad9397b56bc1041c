import Kernel

/// The election of the Sentinel that acts.
extension Sentinel {
  /// Asks the others whether they find the primary down too, and for their votes.
  mutating func askOthers(isForced: Bool, at now: Instant, _ outputs: inout [Output]) {
    for place in others.indices {
      let elapsed = others[place].repliedAt.map { now - $0 } ?? .hours(1)
      if elapsed > SentinelOptions.askPeriod * 5 {
        others[place].saysDown = false
        others[place].vote = nil
      }
      guard isPrimaryDown, others[place].isConnected,
        isForced || elapsed >= SentinelOptions.askPeriod
      else { continue }
      outputs.append(
        .send(
          .isMasterDown(
            primary: kept.primary, epoch: kept.currentEpoch, candidate: stage == .none ? nil : me),
          to: others[place].node))
    }
  }

  /// Votes for `candidate` in that epoch, unless it has voted in it already.
  mutating func vote(
    for candidate: NodeID, in epoch: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    if epoch > kept.currentEpoch {
      kept.currentEpoch = epoch
      keep(&outputs)
      outputs.append(.event(SentinelEvent(.newEpoch, number: epoch)))
    }
    guard kept.leaderEpoch < epoch, kept.currentEpoch <= epoch else { return }
    kept.leader = candidate
    kept.leaderEpoch = epoch
    keep(&outputs)
    outputs.append(.event(SentinelEvent(.vote, candidate, number: epoch)))
    // Who voted for another leaves it the time to finish.
    if candidate != me {
      failoverStart = now + SentinelOptions.maxDesync * random.unit()
    }
  }

  /// The leader of an epoch and its votes, counting this Sentinel's own; nil without a majority.
  mutating func electedLeader(
    of epoch: Int, at now: Instant, _ outputs: inout [Output]
  ) -> (leader: NodeID, votes: Int)? {
    var counts: [(leader: NodeID, votes: Int)] = []
    func count(_ leader: NodeID) {
      if let place = counts.firstIndex(where: { $0.leader == leader }) {
        counts[place].votes += 1
      } else {
        counts.append((leader, 1))
      }
    }
    func most() -> (leader: NodeID, votes: Int)? {
      var best: (leader: NodeID, votes: Int)?
      for entry in counts where entry.votes > (best?.votes ?? 0) { best = entry }
      return best
    }
    for other in others {
      if let vote = other.vote, vote.epoch == kept.currentEpoch { count(vote.leader) }
    }
    // It votes for whoever is ahead, and for itself when nobody is.
    vote(for: most()?.leader ?? me, in: epoch, at: now, &outputs)
    if kept.leaderEpoch == epoch, let mine = kept.leader { count(mine) }
    guard let winner = most() else { return nil }
    let majority = (others.count + 1) / 2 + 1
    let needed =
      options.shortcut == .electsByQuorum ? options.quorum : max(majority, options.quorum)
    return winner.votes >= needed ? winner : nil
  }
}
