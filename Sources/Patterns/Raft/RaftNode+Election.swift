import Kernel

extension RaftNode {
  /// What a candidate has heard from the voters.
  struct Ballot: Sendable, Hashable {
    let isPreVote: Bool
    let isTransfer: Bool
    var granted: [NodeID] = []
    var refused: [NodeID] = []

    func vote(of node: NodeID) -> Bool? {
      granted.contains(node) ? true : refused.contains(node) ? false : nil
    }
  }

  /// Whether it may stand: a voter, or one whose loss of its vote is not known to be committed, as
  /// the others may need its longer log (thesis, section 4.2.2).
  var mayStand: Bool {
    log.membership.isVoter(id)
      || (log.membershipIndex > commit && log.membership(at: commit).isVoter(id))
  }

  /// Stands for election, at first by asking if it would win.
  mutating func campaign(isTransfer: Bool = false, _ turn: inout Turn) {
    silentSince = turn.now
    electionSpread = drawnSpread()
    guard mayStand else { return }
    open(Ballot(isPreVote: options.preVote && !isTransfer, isTransfer: isTransfer), &turn)
  }

  private mutating func open(_ ballot: Ballot, _ turn: inout Turn) {
    refuseAskedReads(&turn)
    leader = nil
    leaderHeardAt = nil
    if !ballot.isPreVote {
      term += 1
      vote = id
    }
    self.ballot = ballot
    let question = RaftVoteRequest(
      isPreVote: ballot.isPreVote, lastIndex: log.lastIndex, lastTerm: log.lastTerm,
      isTransfer: ballot.isTransfer)
    let electionTerm = ballot.isPreVote ? term + 1 : term
    for voter in log.membership.voters where voter != id {
      send(.vote(question), to: voter, term: electionTerm, &turn)
    }
    count(true, of: id, &turn)
  }

  /// Answers a candidate; the term of `message` is not older than the node's own.
  mutating func consider(_ request: RaftVoteRequest, _ message: Message, _ turn: inout Turn) {
    let candidate = message.source
    let isFree =
      vote == candidate || (vote == nil && leader == nil)
      || (request.isPreVote && message.term > term)
      || options.shortcuts.contains(.votesTwice)
    let isUpToDate =
      log.isNoNewer(thanLast: request.lastTerm, at: request.lastIndex)
      || options.shortcuts.contains(.votesForAnyLog)
    guard isFree, isUpToDate, turn.now >= votesFrom || request.isTransfer else {
      let reply = Message.Body.voteReply(granted: false, isPreVote: request.isPreVote)
      return send(reply, to: candidate, &turn)
    }
    if !request.isPreVote {
      vote = candidate
      silentSince = turn.now
    }
    let reply = Message.Body.voteReply(granted: true, isPreVote: request.isPreVote)
    send(reply, to: candidate, term: message.term, &turn)
  }

  /// Counts an answer of `voter`, and acts when the ballot is decided.
  mutating func count(_ granted: Bool, of voter: NodeID, _ turn: inout Turn) {
    guard var ballot, ballot.vote(of: voter) == nil else { return }
    if granted { ballot.granted.append(voter) } else { ballot.refused.append(voter) }
    self.ballot = ballot
    switch log.membership.result(ballot.vote) {
    case .none: break
    case .some(true):
      if ballot.isPreVote {
        open(Ballot(isPreVote: false, isTransfer: false), &turn)
      } else {
        lead(&turn)
      }
    case .some(false): follow(nil, in: term, &turn)
    }
  }

  /// Becomes a follower of `leader`, or of nobody yet, in `newTerm`.
  mutating func follow(_ leader: NodeID?, in newTerm: RaftTerm, _ turn: inout Turn) {
    if newTerm > term {
      term = newTerm
      vote = nil
    }
    if let leadership {
      for read in leadership.reads where read.origin == id {
        turn.outputs.append(.readRefused(read.id))
      }
    }
    refuseAskedReads(&turn)
    leadership = nil
    ballot = nil
    self.leader = leader
    leaderHeardAt = leader == nil ? nil : turn.now
    silentSince = turn.now
    electionSpread = drawnSpread()
  }

  /// A read that was put to a leader whom the node no longer follows comes to nothing.
  private mutating func refuseAskedReads(_ turn: inout Turn) {
    for read in askedReads { turn.outputs.append(.readRefused(read)) }
    askedReads = []
  }

  /// Whether the node hears from a leader, so that it protects it from candidates.
  func isProtecting(at now: Instant) -> Bool {
    guard options.checkQuorum else { return false }
    if leadership != nil { return true }
    guard leader != nil, let leaderHeardAt else { return false }
    return now - leaderHeardAt < options.electionTimeout
  }
}
