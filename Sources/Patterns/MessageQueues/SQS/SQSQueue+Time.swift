import Kernel

extension SQSQueue {
  /// Carries out what fell due up to `now`: ends of delays and timeouts, then deletes by age.
  mutating func passTime(to now: Instant, _ outputs: inout [Output]) {
    if let due = armed, due <= now { armed = nil }
    var due: [(until: Instant, sequence: Int)] = []
    for sequence in timed {
      if let until = state(of: sequence).until, until <= now { due.append((until, sequence)) }
    }
    due.sort { ($0.until, $0.sequence) < ($1.until, $1.sequence) }
    for entry in due { comeBack(entry.sequence, &outputs) }
    if now >= nextExpiry { expire(at: now, &outputs) }
  }

  /// A message is visible again, or for the first time.
  private mutating func comeBack(_ sequence: Int, _ outputs: inout [Output]) {
    guard let message = messages[sequence] else { return }
    if let place = timed.firstIndex(of: sequence) { timed.remove(at: place) }
    switch message.state {
    case .inFlight:
      outputs.append(.timedOut(message.body, receives: message.receives))
      if options.shortcuts.contains(.forgetsReceives) { messages[sequence]?.receives = 0 }
    case .away: outputs.append(.resurfaced(message.body))
    case .delayed, .visible: break
    }
    messages[sequence]?.state = .visible
    var low = 0
    var high = visible.count
    while low < high {
      let middle = (low + high) / 2
      if visible[middle] < sequence { low = middle + 1 } else { high = middle }
    }
    visible.insert(sequence, at: low)
  }

  private mutating func expire(at now: Instant, _ outputs: inout [Output]) {
    var gone: [Int] = []
    var next = Instant.distantFuture
    for sequence in messages.keys.sorted() {
      guard let message = messages[sequence] else { continue }
      let end = message.sentAt + options.retention
      if end <= now { gone.append(sequence) } else { next = min(next, end) }
    }
    nextExpiry = next
    let bodies = gone.compactMap { messages[$0]?.body }
    for sequence in gone { remove(sequence) }
    counts.expired += gone.count
    if !bodies.isEmpty { outputs.append(.expired(bodies)) }
    // Ids are remembered for five minutes only; this is as good a time as any to let go of them.
    remembered = remembered.filter { now - $0.value.at < SQSOptions.deduplicationInterval }
    attempts = attempts.filter { now - $0.value.at < SQSOptions.deduplicationInterval }
  }

  /// Asks to be woken when the next thing is due, if that has changed.
  mutating func arm(_ outputs: inout [Output]) {
    var next = messages.isEmpty ? Instant.distantFuture : nextExpiry
    for sequence in timed {
      if let until = state(of: sequence).until { next = min(next, until) }
    }
    for call in waiting { next = min(next, call.until) }
    guard next != .distantFuture, next != armed else { return }
    armed = next
    outputs.append(.wakeMe(next))
  }
}
