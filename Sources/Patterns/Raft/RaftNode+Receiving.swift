import Kernel

extension RaftNode {
  /// Takes a message: first the terms are compared (section 5.1), then the kind decides.
  mutating func receive(_ message: Message, _ turn: inout Turn) {
    if message.term > term {
      guard adoptsTerm(of: message, &turn) else { return }
    } else if message.term < term {
      return answerStale(message, &turn)
    }
    let source = message.source
    switch message.body {
    case .vote(let request): consider(request, message, &turn)
    case .voteReply(let granted, let isPreVote):
      if ballot?.isPreVote == isPreVote { count(granted, of: source, &turn) }
    case .append(let append):
      hear(source, &turn)
      take(append, from: source, &turn)
    case .heartbeat(let commit, let round):
      hear(source, &turn)
      self.commit = max(self.commit, min(commit, log.lastIndex))
      send(.heartbeatReply(round: round), to: source, &turn)
    case .install(let snapshot):
      hear(source, &turn)
      take(snapshot, from: source, &turn)
    case .appendReply(let reply): handle(reply, from: source, &turn)
    case .heartbeatReply(let round): handleHeartbeatReply(round, from: source, &turn)
    case .timeoutNow: if leadership == nil { campaign(isTransfer: true, &turn) }
    case .forward(let command): if leadership != nil { takeForwarded(command, &turn) }
    case .readIndex(let read): if leadership != nil { startRead(read, for: source, &turn) }
    case .readIndexReply(let read, let index): takeReadIndex(read, index)
    }
  }

  /// Goes along with a newer term where the message asks for it; false when it is to be ignored.
  private mutating func adoptsTerm(of message: Message, _ turn: inout Turn) -> Bool {
    switch message.body {
    case .vote(let request):
      if isProtecting(at: turn.now) && !request.isTransfer { return false }
      if !request.isPreVote { follow(nil, in: message.term, &turn) }
    case .voteReply(let granted, let isPreVote):
      // A granted pre-vote carries the term of the election that may follow.
      if !(granted && isPreVote) { follow(nil, in: message.term, &turn) }
      return granted && isPreVote && message.term == term + 1
    case .append, .heartbeat, .install:
      follow(message.source, in: message.term, &turn)
    case .appendReply, .heartbeatReply, .timeoutNow, .forward, .readIndex, .readIndexReply:
      follow(nil, in: message.term, &turn)
    }
    return true
  }

  /// Tells a speaker of an older term about the newer one, where it would not learn otherwise: a
  /// leader that was cut off must step down, a pre-candidate must not wait.
  private func answerStale(_ message: Message, _ turn: inout Turn) {
    switch message.body {
    case .append, .heartbeat, .install:
      send(.heartbeatReply(round: 0), to: message.source, &turn)
    case .vote(let request):
      let reply = Message.Body.voteReply(granted: false, isPreVote: request.isPreVote)
      send(reply, to: message.source, &turn)
    case .voteReply, .appendReply, .heartbeatReply, .timeoutNow, .forward, .readIndex,
      .readIndexReply:
      break
    }
  }

  /// Notes that the leader of this term is alive.
  private mutating func hear(_ source: NodeID, _ turn: inout Turn) {
    if ballot != nil || leader != source { follow(source, in: term, &turn) }
    leaderHeardAt = turn.now
    silentSince = turn.now
  }

  /// Takes over a leader's entries if the logs agree just before them (section 5.3).
  private mutating func take(
    _ append: RaftAppend<Command>, from source: NodeID, _ turn: inout Turn
  ) {
    let fits =
      append.previousIndex <= log.base.index
      || log.term(at: append.previousIndex) == append.previousTerm
      || (options.shortcuts.contains(.appendsUnchecked) && append.previousIndex <= log.lastIndex)
    guard fits else {
      let hint = log.lastIndex(upTo: append.previousIndex, withTermAtMost: append.previousTerm)
      let reply = RaftAppendReply.rejected(
        previousIndex: append.previousIndex, hintIndex: hint, hintTerm: log.term(at: hint) ?? 0)
      return send(.appendReply(reply), to: source, &turn)
    }
    log.merge(append.entries)
    let merged = append.previousIndex + append.entries.count
    commit = max(commit, min(append.commit, merged))
    // What is committed is in every later leader's log too (leader completeness).
    send(.appendReply(.accepted(match: max(merged, commit))), to: source, &turn)
  }

  /// Takes over a leader's snapshot, unless the log already holds what it contains.
  private mutating func take(
    _ snapshot: RaftSnapshot<Image>, from source: NodeID, _ turn: inout Turn
  ) {
    if snapshot.index > commit {
      if log.term(at: snapshot.index) == snapshot.term {
        commit = snapshot.index
      } else {
        log.install(snapshot)
        commit = snapshot.index
        applied = snapshot.index
        turn.outputs.append(.restore(snapshot))
      }
    }
    send(.appendReply(.accepted(match: commit)), to: source, &turn)
  }
}
