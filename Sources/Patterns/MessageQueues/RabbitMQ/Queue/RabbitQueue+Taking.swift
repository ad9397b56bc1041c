import Kernel

extension RabbitQueue {
  /// Takes a message in, or returns nil because the queue is full and rejects.
  ///
  /// A message that is delivered at once never counts towards the length, so a queue of length 0
  /// still serves consumers that wait.
  public mutating func enqueue(
    _ message: RabbitMessage, at now: Instant, credit: inout RabbitCredit,
    _ events: inout [RabbitQueueEvent]
  ) -> Int? {
    if arguments.overflow == .rejectPublish, overflows(adding: message) { return nil }
    let ttl = [arguments.messageTTL, message.expiration].compactMap { $0 }.min()
    let entry = RabbitQueueEntry(
      position: nextPosition, message: message, expiresAt: ttl.map { now + $0 })
    nextPosition += 1
    tally.enqueued += 1
    if head == nil, let place = nextConsumer(credit) {
      hand(entry, toConsumerAt: place, credit: &credit, &events)
      return entry.position
    }
    lanes[lane(of: message)].append(entry)
    waitingBytes += message.bodyBytes
    dropOverflow(&events)
    dropExpired(at: now, &events)
    dispatch(at: now, credit: &credit, &events)
    return entry.position
  }

  /// Takes in what a disk kept, at its old place.
  mutating func restore(_ entry: RabbitQueueEntry) {
    lanes[lane(of: entry.message)].insert(entry)
    waitingBytes += entry.message.bodyBytes
    nextPosition = max(nextPosition, entry.position + 1)
    tally.enqueued += 1
  }

  /// Serves consumers in turn as long as there are messages and room.
  public mutating func dispatch(
    at now: Instant, credit: inout RabbitCredit, _ events: inout [RabbitQueueEvent]
  ) {
    dropExpired(at: now, &events)
    while head != nil, let place = nextConsumer(credit) {
      guard let entry = takeHead() else { return }
      hand(entry, toConsumerAt: place, credit: &credit, &events)
      dropExpired(at: now, &events)
    }
  }

  /// Hands the head to a channel that asked for it.
  public mutating func get(
    for channel: RabbitChannelID, autoAck: Bool, at now: Instant,
    _ events: inout [RabbitQueueEvent]
  ) -> RabbitQueueEntry? {
    dropExpired(at: now, &events)
    guard let entry = takeHead() else { return nil }
    give(entry, to: RabbitHolder(channel, tag: nil), isSettled: autoAck, &events)
    return entry
  }

  /// Gives up what is due at the head.
  public mutating func dropExpired(at now: Instant, _ events: inout [RabbitQueueEvent]) {
    while let expiry = head?.expiresAt, expiry <= now, let entry = takeHead() {
      tally.died += 1
      events.append(.died(entry, .expired))
    }
  }

  /// Removes everything that waits.
  public mutating func purge(_ events: inout [RabbitQueueEvent]) -> Int {
    var count = 0
    while let entry = takeHead() {
      tally.purged += 1
      count += 1
      events.append(.purged(entry))
    }
    return count
  }

  // MARK: Parts

  func lane(of message: RabbitMessage) -> Int {
    min(max(message.priority ?? 0, 0), lanes.count - 1)
  }

  private func overflows(adding message: RabbitMessage) -> Bool {
    if let limit = arguments.maxLength, waitingCount + 1 > limit { return true }
    guard let limit = arguments.maxLengthBytes else { return false }
    return waitingBytes + message.bodyBytes > limit
  }

  private var isTooLong: Bool {
    if let limit = arguments.maxLength, waitingCount > limit { return true }
    return arguments.maxLengthBytes.map { waitingBytes > $0 } ?? false
  }

  mutating func dropOverflow(_ events: inout [RabbitQueueEvent]) {
    guard arguments.overflow == .dropHead else { return }
    while isTooLong, let entry = takeHead() {
      tally.died += 1
      events.append(.died(entry, .maxlen))
    }
  }

  mutating func takeHead() -> RabbitQueueEntry? {
    let entry: RabbitQueueEntry
    if !returns.isEmpty {
      entry = returns.removeFirst()
    } else if let place = lanes.lastIndex(where: { !$0.isEmpty }) {
      entry = lanes[place].removeFirst()
    } else {
      return nil
    }
    waitingBytes -= entry.message.bodyBytes
    return entry
  }

  private func nextConsumer(_ credit: RabbitCredit) -> Int? {
    consumers.firstIndex { consumer in
      if consumer.isAutoAck || arguments.shortcuts.contains(.ignoresPrefetch) { return true }
      return consumer.hasRoom && credit.hasRoom(consumer.holder.channel)
    }
  }

  /// Serves a consumer and sends it to the end of the line.
  private mutating func hand(
    _ entry: RabbitQueueEntry, toConsumerAt place: Int, credit: inout RabbitCredit,
    _ events: inout [RabbitQueueEvent]
  ) {
    var consumer = consumers.remove(at: place)
    if !consumer.isAutoAck {
      consumer.held += 1
      credit.take(consumer.holder.channel)
    }
    consumers.append(consumer)
    give(entry, to: consumer.holder, isSettled: consumer.isAutoAck, &events)
  }

  private mutating func give(
    _ entry: RabbitQueueEntry, to holder: RabbitHolder, isSettled: Bool,
    _ events: inout [RabbitQueueEvent]
  ) {
    events.append(.delivered(entry, to: holder, isSettled: isSettled))
    if isSettled {
      tally.settled += 1
    } else {
      held[entry.position] = Held(entry: entry, holder: holder)
    }
  }
}
