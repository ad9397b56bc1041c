import Kernel

extension RaftNode {
  /// A client's read: the leader makes sure of its office, others ask the leader.
  mutating func read(_ read: RaftReadID, _ turn: inout Turn) {
    if leadership != nil { return startRead(read, for: id, &turn) }
    guard let leader else { return turn.outputs.append(.readRefused(read)) }
    askedReads.append(read)
    send(.readIndex(read), to: leader, &turn)
  }

  /// Opens a read for `origin`.
  ///
  /// Its index is the commit index now, but a new leader knows that only once an entry of its own
  /// term is committed (thesis, section 6.4).
  mutating func startRead(_ read: RaftReadID, for origin: NodeID, _ turn: inout Turn) {
    let knowsCommit = log.term(at: commit) == term
    if options.shortcuts.contains(.readsUnchecked) || (knowsCommit && holdsLease(at: turn.now)) {
      return finish(read, for: origin, at: commit, &turn)
    }
    leadership?.reads.append(
      .init(id: read, origin: origin, index: knowsCommit ? commit : nil, round: .max))
    if knowsCommit { startReads(&turn) }
  }

  /// Gives the reads that wait for it an index and a round of heartbeats to confirm it.
  mutating func startReads(_ turn: inout Turn) {
    guard let leadership, log.term(at: commit) == term,
      leadership.reads.contains(where: { $0.round == .max })
    else { return }
    for place in leadership.reads.indices where leadership.reads[place].round == .max {
      self.leadership?.reads[place].index = leadership.reads[place].index ?? commit
      self.leadership?.reads[place].round = leadership.round + 1
    }
    beat(&turn)
  }

  /// Sends a round of heartbeats.
  ///
  /// The commit index in each is no further than the follower's log is known to agree, since a
  /// heartbeat does not check the log.
  mutating func beat(_ turn: inout Turn) {
    guard var leading = leadership else { return }
    leading.round += 1
    leading.heartbeatDue = turn.now + options.heartbeatInterval
    leading.openRounds.append(.init(number: leading.round, sentAt: turn.now))
    leadership = leading
    for peer in leading.peers {
      let body = Message.Body.heartbeat(commit: min(peer.match, commit), round: leading.round)
      send(body, to: peer.node, &turn)
    }
    confirmRounds(&turn)
  }

  /// A follower has answered a heartbeat: it still follows.
  mutating func handleHeartbeatReply(_ round: Int, from node: NodeID, _ turn: inout Turn) {
    guard let place = leadership?.place(of: node), var peer = leadership?.peers[place]
    else { return }
    peer.isActive = true
    peer.round = max(peer.round, round)
    peer.heard(
      window: options.maxInflightAppends, snapshotPatience: options.electionTimeout,
      at: turn.now)
    leadership?.peers[place] = peer
    if peer.match < log.lastIndex { sendAppend(to: node, &turn) }
    confirmRounds(&turn)
  }

  /// Closes the rounds that a majority has answered, and with them the reads that waited.
  private mutating func confirmRounds(_ turn: inout Turn) {
    guard var leadership else { return }
    let confirmed = log.membership.reachedByQuorum { voter in
      if voter == id { return leadership.round }
      return leadership.place(of: voter).map { leadership.peers[$0].round } ?? 0
    }
    if let latest = leadership.openRounds.last(where: { $0.number <= confirmed }) {
      leadership.confirmedAt = latest.sentAt
    }
    leadership.openRounds.removeAll {
      $0.number <= confirmed || turn.now - $0.sentAt > options.electionTimeout
    }
    let answered = leadership.reads.filter { $0.round <= confirmed }
    leadership.reads.removeAll { $0.round <= confirmed }
    self.leadership = leadership
    for read in answered {
      finish(read.id, for: read.origin, at: read.index ?? commit, &turn)
    }
  }

  /// The leader has told this follower an index for its read; a doubled answer counts once.
  mutating func takeReadIndex(_ read: RaftReadID, _ index: RaftIndex) {
    guard let place = askedReads.firstIndex(of: read) else { return }
    askedReads.remove(at: place)
    waitingReads.append(WaitingRead(id: read, index: index))
  }

  private mutating func finish(
    _ read: RaftReadID, for origin: NodeID, at index: RaftIndex, _ turn: inout Turn
  ) {
    if origin == id {
      waitingReads.append(WaitingRead(id: read, index: index))
    } else {
      send(.readIndexReply(read, index: index), to: origin, &turn)
    }
  }

  /// Whether a majority has promised not to elect anybody else yet (thesis, section 6.4.1).
  func holdsLease(at now: Instant) -> Bool {
    guard options.reads == .lease, options.checkQuorum, let leadership,
      !leadership.hasTransferred
    else { return false }
    if log.membership.voters == [id] { return true }
    guard let confirmedAt = leadership.confirmedAt else { return false }
    return now < confirmedAt + options.electionTimeout - options.clockDrift
  }
}
