import Kernel

extension SQSQueue {
  mutating func receive(_ call: Waiting, at now: Instant, _ outputs: inout [Output]) {
    calls += 1
    if let again = repeated(call, at: now) {
      outputs.append(.received(again, request: call.request))
      return
    }
    let isLong = call.until > now
    if !isLong, !options.isFifo, inFlightCount >= options.inFlightLimit {
      outputs.append(.refused(.overLimit, request: call.request))
      return
    }
    let servers = isLong || options.isFifo ? nil : sample()
    let taken = take(call, from: servers, at: now, &outputs)
    if taken.isEmpty, isLong {
      waiting.append(call)
    } else {
      answer(call, taken, &outputs)
    }
  }

  /// Answers receives that wait, the oldest first, with what has become visible or with nothing.
  mutating func serveWaiting(at now: Instant, _ outputs: inout [Output]) {
    guard !waiting.isEmpty else { return }
    var left: [Waiting] = []
    for call in waiting {
      let taken = visible.isEmpty ? [] : take(call, from: nil, at: now, &outputs)
      if taken.isEmpty, call.until > now {
        left.append(call)
      } else {
        answer(call, taken, &outputs)
      }
    }
    waiting = left
  }

  private mutating func answer(
    _ call: Waiting, _ taken: [SQSDelivery<Body>], _ outputs: inout [Output]
  ) {
    if taken.isEmpty { counts.emptyReceives += 1 }
    outputs.append(.received(taken, request: call.request))
  }

  /// The servers that a short poll asks.
  private mutating func sample() -> Set<Int> {
    var servers = Array(0..<max(1, options.servers))
    random.shuffle(&servers)
    return Set(servers.prefix(max(1, options.sampledServers)))
  }

  /// What an earlier receive with the same `ReceiveRequestAttemptId` got, while none of it was
  /// deleted or came back; its timeouts begin anew.
  private mutating func repeated(_ again: Waiting, at now: Instant) -> [SQSDelivery<Body>]? {
    guard options.isFifo, let attempt = again.attempt, let known = attempts[attempt],
      now - known.at < SQSOptions.deduplicationInterval
    else { return nil }
    let held = timed.filter { call(of: $0) == known.call }.sorted()
    guard !held.isEmpty else { return nil }
    return held.compactMap { sequence in
      guard case .inFlight(let receipt, let number, let since, _)? = messages[sequence]?.state
      else { return nil }
      messages[sequence]?.state = .inFlight(
        receipt: receipt, call: number, since: since, until: now + again.visibility)
      return delivery(of: sequence, receipt: receipt)
    }
  }

  /// The receive that holds a message, or nil when none does.
  func call(of sequence: Int) -> Int? {
    guard case .inFlight(_, let call, _, _)? = messages[sequence]?.state else { return nil }
    return call
  }

  /// Takes messages for `call`: those too often received go to the dead-letter queue instead.
  private mutating func take(
    _ call: Waiting, from servers: Set<Int>?, at now: Instant, _ outputs: inout [Output]
  ) -> [SQSDelivery<Body>] {
    let room = min(call.most, options.inFlightLimit - inFlightCount)
    guard room > 0, !visible.isEmpty else { return [] }
    if let attempt = call.attempt { attempts[attempt] = (calls, now) }
    var taken: [SQSDelivery<Body>] = []
    for sequence in candidates(servers) {
      guard taken.count < room else { break }
      guard let message = messages[sequence] else { continue }
      if let most = options.maxReceiveCount, message.receives >= most {
        setAside(sequence, message, &outputs)
        continue
      }
      let receipt = counts.receipts
      counts.receipts += 1
      lastReceipt[sequence] = receipt
      messages[sequence]?.receives += 1
      messages[sequence]?.state = .inFlight(
        receipt: receipt, call: calls, since: now, until: now + call.visibility)
      if let place = visible.firstIndex(of: sequence) { visible.remove(at: place) }
      timed.append(sequence)
      if let delivery = delivery(of: sequence, receipt: receipt) { taken.append(delivery) }
    }
    if !taken.isEmpty { calls += 1 }
    return taken
  }

  /// Visible messages in the order in which a receive takes them: a standard queue's of the servers
  /// asked, a FIFO queue's lane by lane, busy lanes left out.
  private func candidates(_ servers: Set<Int>?) -> [Int] {
    guard options.isFifo else {
      guard let servers else { return visible }
      return visible.filter { servers.contains(messages[$0]?.server ?? 0) }
    }
    let busy =
      options.shortcuts.contains(.opensBusyLanes)
      ? [] : Set(timed.compactMap { lane(inFlight: $0) })
    var order: [String] = []
    var lanes: [String: [Int]] = [:]
    for sequence in visible {
      guard let group = messages[sequence]?.group, !busy.contains(group) else { continue }
      if lanes[group] == nil { order.append(group) }
      lanes[group, default: []].append(sequence)
    }
    return order.flatMap { lanes[$0] ?? [] }
  }

  private mutating func setAside(
    _ sequence: Int, _ message: Stored, _ outputs: inout [Output]
  ) {
    counts.deadLettered += 1
    remove(sequence)
    let letter = SQSDeadLetter(
      messageID: message.messageID, body: message.body, sentAt: message.sentAt,
      group: message.group)
    outputs.append(.deadLettered(letter, receives: message.receives))
  }

  private func delivery(of sequence: Int, receipt: Int) -> SQSDelivery<Body>? {
    guard let message = messages[sequence] else { return nil }
    return SQSDelivery(
      messageID: message.messageID, body: message.body,
      handle: ReceiptHandle(sequence: sequence, receipt: receipt),
      receiveCount: message.receives, sentAt: message.sentAt, group: message.group)
  }
}
