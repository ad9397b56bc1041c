import Kernel

extension RaftNode {
  /// What a leader keeps.
  struct Leadership: Sendable, Hashable {
    /// The other members, in order.
    var peers: [RaftProgress]
    var heartbeatDue: Instant
    var quorumCheckDue: Instant
    /// The number of the latest heartbeat round.
    var round = 0
    /// The rounds that no majority has answered yet, with the time each was sent.
    var openRounds: [OpenRound] = []
    /// When the latest round that a majority answered was sent.
    var confirmedAt: Instant?
    var reads: [PendingRead] = []
    var transfer: Transfer?
    /// Whether it ever tried to hand over in this term, which ends its lease for good.
    var hasTransferred = false

    struct OpenRound: Sendable, Hashable {
      let number: Int
      let sentAt: Instant
    }

    struct PendingRead: Sendable, Hashable {
      let id: RaftReadID
      let origin: NodeID
      /// Nil until the leader has committed an entry of its own term.
      var index: RaftIndex?
      var round: Int
    }

    struct Transfer: Sendable, Hashable {
      let target: NodeID
      let abortAt: Instant
    }

    func place(of node: NodeID) -> Int? { peers.firstIndex { $0.node == node } }
  }

  /// Takes office: assumes every follower to be up to date, and writes an empty entry so that its
  /// term has something to commit (section 8).
  mutating func lead(_ turn: inout Turn) {
    ballot = nil
    leader = id
    leaderHeardAt = turn.now
    let peers = log.membership.all.filter { $0 != id }.map {
      RaftProgress($0, match: 0, next: log.lastIndex + 1)
    }
    leadership = Leadership(
      peers: peers, heartbeatDue: turn.now + options.heartbeatInterval,
      quorumCheckDue: turn.now + options.electionTimeout)
    append(.noOp, &turn)
  }

  /// Writes an entry to the own log and sends it on its way.
  mutating func append(_ payload: RaftEntry<Command>.Payload, _ turn: inout Turn) {
    log.append(RaftEntry(term: term, index: log.lastIndex + 1, payload: payload))
    if case .membership(let members) = payload { adopt(members) }
    advanceCommit(&turn)
    replicate(&turn)
  }

  /// A client's command: the leader appends it, others pass it on.
  mutating func propose(_ command: Command, _ turn: inout Turn) {
    guard let leadership else {
      if options.forwardsProposals, let leader {
        send(.forward(command), to: leader, &turn)
        turn.outputs.append(.forwarded(to: leader))
      } else {
        turn.outputs.append(.refused(leader == nil ? .noLeader : .notLeader(leader: leader)))
      }
      return
    }
    if leadership.transfer != nil { return turn.outputs.append(.refused(.transferring)) }
    if log.lastIndex - commit >= options.maxUncommittedEntries {
      return turn.outputs.append(.refused(.busy))
    }
    turn.outputs.append(.accepted(index: log.lastIndex + 1, term: term))
    append(.command(command), &turn)
  }

  /// Commits what a majority holds, if it is of the leader's own term: an earlier leader's entry
  /// on a majority may still be overwritten (section 5.4.2, figure 8).
  mutating func advanceCommit(_ turn: inout Turn) {
    guard let leadership else { return }
    let reached = log.membership.reachedByQuorum { voter in
      if voter == id { return log.lastIndex }
      return leadership.place(of: voter).map { leadership.peers[$0].match } ?? 0
    }
    let isOwnTerm = log.term(at: reached) == term
    guard reached > commit, isOwnTerm || options.shortcuts.contains(.commitsAnyTerm) else { return }
    commit = reached
    startReads(&turn)
    if !log.membership.isVoter(id), log.membershipIndex <= commit {
      // The loss of its own vote is committed: tell the others, then go (thesis, section 4.2.2).
      replicate(&turn)
      follow(nil, in: term, &turn)
    }
  }

  /// Sends what each follower lacks, and the commit index.
  mutating func replicate(_ turn: inout Turn) {
    guard let peers = leadership?.peers else { return }
    for peer in peers { sendAppend(to: peer.node, &turn) }
  }

  /// Sends a follower the next entries, as far as its window is open; false when nothing went.
  @discardableResult
  mutating func sendAppend(
    to node: NodeID, evenIfEmpty: Bool = true, _ turn: inout Turn
  ) -> Bool {
    guard let place = leadership?.place(of: node), let progress = leadership?.peers[place],
      !progress.isPaused(window: options.maxInflightAppends)
    else { return false }
    let previous = progress.next - 1
    guard let previousTerm = previous < log.base.index ? nil : log.term(at: previous) else {
      return sendSnapshot(toPeerAt: place, &turn)
    }
    let entries = log.entries(from: progress.next, limit: options.maxEntriesPerAppend)
    if entries.isEmpty && !evenIfEmpty { return false }
    let body = RaftAppend(
      previousIndex: previous, previousTerm: previousTerm, entries: entries, commit: commit)
    send(.append(body), to: node, &turn)
    leadership?.peers[place].sent(upTo: entries.last?.index)
    return true
  }

  private mutating func sendSnapshot(toPeerAt place: Int, _ turn: inout Turn) -> Bool {
    guard let snapshot = log.snapshot, let progress = leadership?.peers[place] else { return false }
    send(.install(snapshot), to: progress.node, &turn)
    leadership?.peers[place].inflight = []
    leadership?.peers[place].phase = .snapshotting(index: snapshot.index, sentAt: turn.now)
    return true
  }

  /// A follower has answered an append or a snapshot.
  mutating func handle(_ reply: RaftAppendReply, from node: NodeID, _ turn: inout Turn) {
    guard let place = leadership?.place(of: node) else { return }
    leadership?.peers[place].isActive = true
    switch reply {
    case .rejected(let previous, let hintIndex, let hintTerm):
      let retryAfter = log.lastIndex(upTo: hintIndex, withTermAtMost: hintTerm)
      if leadership?.peers[place].rejected(after: previous, retryAfter: retryAfter) == true {
        sendAppend(to: node, &turn)
      }
    case .accepted(let match):
      accept(match, fromPeerAt: place, node, &turn)
    }
  }

  private mutating func accept(
    _ match: RaftIndex, fromPeerAt place: Int, _ node: NodeID, _ turn: inout Turn
  ) {
    guard match <= log.lastIndex, let progress = leadership?.peers[place] else { return }
    let wasPaused = progress.isPaused(window: options.maxInflightAppends)
    let before = commit
    if leadership?.peers[place].accepted(upTo: match) == true { advanceCommit(&turn) }
    guard leadership != nil else { return }
    if commit > before { replicate(&turn) } else if wasPaused { sendAppend(to: node, &turn) }
    while sendAppend(to: node, evenIfEmpty: false, &turn) {}
    if leadership?.transfer?.target == node, match == log.lastIndex {
      send(.timeoutNow, to: node, &turn)
    }
  }
}
