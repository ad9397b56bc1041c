import Kernel

extension WALServer {
  mutating func insert(
    _ row: Int, _ session: SessionID, _ level: SynchronousCommit, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard role == .primary else {
      let message = "cannot execute INSERT in a read-only transaction"
      outputs.append(.reply(session, .failed(TransactionError(.readOnly, message))))
      return
    }
    log.append(Record(timeline: timeline, row: row))
    positions.write = log.count
    positions.apply = log.count
    if level == .off {
      outputs.append(.reply(session, .done("INSERT 0 1")))
      if timers.due(Self.flushTimer) == nil {
        timers.set(Self.flushTimer, at: now + options.walWriterDelay)
      }
    } else {
      waiting.append(Commit(session: session, position: log.count, level: level))
      askFlush(&outputs)
    }
  }

  mutating func askFlush(_ outputs: inout [Output]) {
    guard flushAsked < log.count else { return }
    flushAsked = log.count
    outputs.append(.flush(log.count))
  }

  mutating func note(flushed position: Int, _ outputs: inout [Output]) {
    positions.flush = max(positions.flush, min(position, log.count))
    switch role {
    case .primary:
      stream(&outputs)
      release(&outputs)
    case .standby:
      apply(&outputs)
      outputs.append(.report(positions))
    }
  }

  mutating func note(
    _ standby: String, _ positions: WALPositions, _ outputs: inout [Output]
  ) {
    guard role == .primary else { return }
    if let place = followers.firstIndex(where: { $0.name == standby }) {
      followers[place].positions = positions
    } else {
      let place = (0...followers.count).first { place in
        !followers.contains { $0.place == place }
      }
      followers.append(
        Follower(
          name: standby, place: place ?? 0, positions: positions, sent: positions.write))
      followers.sort { $0.place < $1.place }
    }
    stream(&outputs)
    count(standby)
    release(&outputs)
  }

  /// Sends what is safe here and was not sent yet.
  private mutating func stream(_ outputs: inout [Output]) {
    for place in followers.indices where followers[place].sent < positions.flush {
      let sent = followers[place].sent
      let records = Array(log[sent..<positions.flush])
      outputs.append(.send(records, after: sent, to: followers[place].name))
      followers[place].sent = positions.flush
    }
  }

  /// Notes how far enough standbys are, if it is one of those that count that said something.
  private mutating func count(_ standby: String) {
    let synchronous = options.synchronousStandbys
    let counted = synchronous.counted(followers.map(\.name))
    guard counted.contains(standby) else { return }
    let positions = followers.filter { counted.contains($0.name) }.map(\.positions)
    guard let write = synchronous.reached(positions.map(\.write)),
      let flush = synchronous.reached(positions.map(\.flush)),
      let apply = synchronous.reached(positions.map(\.apply))
    else { return }
    released.write = max(released.write, write)
    released.flush = max(released.flush, flush)
    released.apply = max(released.apply, apply)
  }

  /// Answers the commits whose wait is over.
  mutating func release(_ outputs: inout [Output]) {
    var still: [Commit] = []
    for commit in waiting {
      if isDone(commit) {
        outputs.append(.reply(commit.session, .done("INSERT 0 1")))
      } else {
        still.append(commit)
      }
    }
    waiting = still
  }

  private func isDone(_ commit: Commit) -> Bool {
    guard positions.flush >= commit.position else { return false }
    guard !options.synchronousStandbys.names.isEmpty,
      let awaited = released.awaited(by: commit.level)
    else { return true }
    return awaited >= commit.position
  }

  mutating func cancel(_ session: SessionID, _ outputs: inout [Output]) {
    guard let place = waiting.firstIndex(where: { $0.session == session }),
      positions.flush >= waiting[place].position
    else { return }
    waiting.remove(at: place)
    outputs.append(
      .warning(session, "canceling wait for synchronous replication due to user request"))
    outputs.append(.reply(session, .done("INSERT 0 1")))
  }

  mutating func take(
    _ records: [Record], after: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard role == .standby, after <= log.count else { return }
    let news = records.dropFirst(log.count - after)
    guard !news.isEmpty else { return }
    log += news
    timeline = max(timeline, log.last?.timeline ?? timeline)
    positions.write = log.count
    outputs.append(.report(positions))
    timers.set(Self.reportTimer, at: now + options.walReceiverStatusInterval)
    askFlush(&outputs)
  }

  mutating func apply(_ outputs: inout [Output]) {
    guard role == .standby, !isReplayPaused, positions.apply < positions.flush else { return }
    positions.apply = positions.flush
    outputs.append(.report(positions))
  }

  mutating func promote() {
    guard role == .standby else { return }
    role = .primary
    timeline += 1
    timers = DueTimers()
    isReplayPaused = false
    positions.apply = log.count
  }

  mutating func restart() {
    log.removeLast(log.count - positions.flush)
    positions = WALPositions(
      write: log.count, flush: log.count,
      apply: role == .primary ? log.count : min(positions.apply, log.count))
    waiting = []
    released = WALPositions()
    followers = []
    flushAsked = log.count
    timers = DueTimers()
  }
}
