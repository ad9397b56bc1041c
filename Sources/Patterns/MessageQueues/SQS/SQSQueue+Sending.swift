import Kernel

extension SQSQueue {
  mutating func send(
    _ entry: SQSEntry<Body>, _ request: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    var key: DeduplicationKey?
    if options.isFifo {
      if let refusal = refusal(of: entry) {
        outputs.append(.refused(refusal, request: request))
        return
      }
      let known = entry.deduplication.map { DeduplicationKey.id($0) } ?? .body(entry.body)
      if let first = remembered[known], now - first.at < SQSOptions.deduplicationInterval {
        counts.duplicates += 1
        outputs.append(.sent(messageID: first.messageID, isDuplicate: true, request: request))
        return
      }
      key = known
    }
    let delay = entry.delay ?? options.delay
    let sequence = store(
      entry.body, id: nil, group: options.isFifo ? entry.group : nil, key: key, sentAt: now,
      delay: delay, at: now)
    if let key { remembered[key] = (sequence, now) }
    counts.sent += 1
    outputs.append(.sent(messageID: sequence, isDuplicate: false, request: request))
  }

  private func refusal(of entry: SQSEntry<Body>) -> SQSRefusal? {
    if entry.group == nil { return .missingGroup }
    if entry.deduplication == nil, !options.contentBasedDeduplication {
      return .missingDeduplication
    }
    return entry.delay == nil ? nil : .delayOnFifo
  }

  /// Takes a message from a source queue.
  ///
  /// A standard queue keeps the time of sending, so that retention goes on counting; a FIFO queue
  /// counts anew. The message's id stands in for its deduplication id.
  mutating func takeIn(_ letter: SQSDeadLetter<Body>, at now: Instant) {
    counts.takenIn += 1
    _ = store(
      letter.body, id: letter.messageID, group: letter.group, key: nil,
      sentAt: options.isFifo ? now : letter.sentAt, delay: .zero, at: now)
  }

  private mutating func store(
    _ body: Body, id: Int?, group: String?, key: DeduplicationKey?, sentAt: Instant,
    delay: TimeSpan, at now: Instant
  ) -> Int {
    let sequence = nextSequence
    nextSequence += 1
    let server = options.isFifo ? 0 : random.below(max(1, options.servers))
    let state: State = delay > .zero ? .delayed(since: now, until: now + delay) : .visible
    messages[sequence] = Stored(
      messageID: id ?? sequence, body: body, group: group, deduplication: key, sentAt: sentAt,
      server: server, state: state)
    if delay > .zero { timed.append(sequence) } else { visible.append(sequence) }
    nextExpiry = min(nextExpiry, sentAt + options.retention)
    return sequence
  }

  /// Changes attributes: a new delay reaches waiting messages of a FIFO queue only, a new retention
  /// every message.
  mutating func setAttributes(_ changed: SQSOptions, at now: Instant) {
    options = changed
    nextExpiry = now
    guard changed.isFifo else { return }
    for sequence in timed {
      guard case .delayed(let since, _)? = messages[sequence]?.state else { continue }
      messages[sequence]?.state = .delayed(since: since, until: since + changed.delay)
    }
  }

  // MARK: Deleting

  mutating func delete(
    _ handle: ReceiptHandle, _ request: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let message = messages[handle.sequence] else {
      outputs.append(.done(request: request))
      return
    }
    let holds = isHeld(message, by: handle)
    if options.isFifo, !holds {
      outputs.append(.refused(.handleExpired, request: request))
      return
    }
    outputs.append(.done(request: request))
    // An old handle of a standard queue succeeds and deletes nothing once another receipt exists.
    guard holds || (message.state == .visible && lastReceipt[handle.sequence] == handle.receipt)
    else { return }
    counts.deleted += 1
    if options.shortcuts.contains(.forgetsOnDelete), let key = message.deduplication {
      remembered[key] = nil
    }
    remove(handle.sequence)
    guard !options.isFifo, options.missedDelete > 0, random.chance(options.missedDelete) else {
      return
    }
    counts.missed += 1
    var copy = message
    copy.state = .away(until: now + options.serverOutage)
    messages[handle.sequence] = copy
    timed.append(handle.sequence)
  }

  mutating func remove(_ sequence: Int) {
    messages[sequence] = nil
    lastReceipt[sequence] = nil
    if let place = timed.firstIndex(of: sequence) { timed.remove(at: place) }
    if let place = visible.firstIndex(of: sequence) { visible.remove(at: place) }
  }

  func isHeld(_ message: Stored, by handle: ReceiptHandle) -> Bool {
    guard case .inFlight(let receipt, _, _, _) = message.state else { return false }
    return receipt == handle.receipt
  }

  // MARK: Visibility

  mutating func change(
    _ handle: ReceiptHandle, to span: TimeSpan, _ request: Int, at now: Instant,
    _ outputs: inout [Output]
  ) {
    guard let message = messages[handle.sequence],
      case .inFlight(let receipt, let call, let since, _) = message.state
    else {
      outputs.append(.refused(.notInFlight, request: request))
      return
    }
    guard receipt == handle.receipt else {
      outputs.append(.refused(.handleExpired, request: request))
      return
    }
    guard span >= .zero, now + span <= since + SQSOptions.longestVisibility else {
      outputs.append(.refused(.beyondLimit, request: request))
      return
    }
    let start = options.shortcuts.contains(.visibilityFromReceipt) ? since : now
    messages[handle.sequence]?.state = .inFlight(
      receipt: receipt, call: call, since: since, until: max(now, start + span))
    outputs.append(.done(request: request))
    passTime(to: now, &outputs)
  }
}
