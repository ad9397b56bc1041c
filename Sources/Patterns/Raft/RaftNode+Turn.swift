import Kernel

extension RaftNode {
  /// What one step gathers on its way.
  struct Turn {
    let now: Instant
    var outputs: [Output] = []
  }

  /// What a step may change and has to tell or write, as it was before.
  struct Standing {
    let hardState: RaftHardState
    let role: RaftRole
    let leader: NodeID?

    init(_ node: RaftNode) {
      hardState = node.hardState
      role = node.role
      leader = node.leader
    }
  }

  /// Puts a step's outputs in order: first the write on which the messages depend, then what the
  /// node became, the messages, what may be applied and read now, and the next wake.
  mutating func settle(_ turn: Turn, since before: Standing) -> [Output] {
    var outputs: [Output] = []
    if let write = takeWrite(since: before.hardState) { outputs.append(.persist(write)) }
    let role = self.role
    let isNewTerm = term != before.hardState.term
    if role != before.role || (isNewTerm && role != .follower) {
      outputs.append(.entered(role, term: term))
    }
    if leader != before.leader || (isNewTerm && leader != nil) {
      outputs.append(.follows(leader, term: term))
    }
    outputs += turn.outputs
    while applied < commit, let entry = log[applied + 1] {
      applied += 1
      outputs.append(.apply(entry))
    }
    releaseReads(&outputs)
    if let due = nextDeadline, wakeAt.map({ due < $0 }) ?? true {
      wakeAt = due
      outputs.append(.wakeMe(at: due))
    }
    return outputs
  }

  private mutating func takeWrite(since before: RaftHardState) -> RaftWrite<Command, Image>? {
    var write = log.takeWrite()
    var now = hardState
    if options.shortcuts.contains(.forgetsVotes) { now.vote = nil }
    if options.shortcuts.contains(.keepsLogInMemory) {
      write?.entries = []
      now.commit = 0
    }
    guard hardState != before else { return write }
    let needsSync = write != nil || term != before.term || vote != before.vote
    if write == nil {
      write = RaftWrite(
        hardState: nil, snapshot: nil, base: nil, dropsLog: false, entries: [],
        needsSync: needsSync)
    }
    write?.hardState = now
    return write
  }

  private mutating func releaseReads(_ outputs: inout [Output]) {
    guard !waitingReads.isEmpty else { return }
    for read in waitingReads where read.index <= applied {
      outputs.append(.readReady(read.id, index: read.index))
    }
    waitingReads.removeAll { $0.index <= applied }
  }

  func send(_ body: Message.Body, to target: NodeID, _ turn: inout Turn) {
    send(body, to: target, term: term, &turn)
  }

  func send(_ body: Message.Body, to target: NodeID, term: RaftTerm, _ turn: inout Turn) {
    turn.outputs.append(
      .send(Message(source: id, target: target, term: term, body: body)))
  }
}
