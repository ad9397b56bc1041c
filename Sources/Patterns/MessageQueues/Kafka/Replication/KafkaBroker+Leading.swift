import Kernel

extension KafkaBroker {
  /// A producer's batch.
  mutating func produce(
    _ partition: Int, _ batch: KafkaBatch, _ acks: KafkaAcks, _ number: Int,
    from client: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    func answer(_ offset: Int?, _ error: KafkaError?) {
      guard acks != .none else { return }
      outputs.append(
        .send(
          .produced(partition: partition, number: number, offset: offset, error: error),
          to: client))
    }
    guard let leadership = replicas[partition].leadership, leadership.leader == id else {
      return answer(nil, .notLeaderOrFollower)
    }
    if acks == .all, leadership.isr.count < options.minInsyncReplicas {
      return answer(nil, .notEnoughReplicas)
    }
    if let stamp = batch.producer, !options.shortcuts.contains(.sequenceUnchecked) {
      let state = replicas[partition].producers[stamp.id]
      switch KafkaProducerState.check(stamp, count: batch.count, against: state) {
      case .next: break
      case .duplicate(let offset):
        let end = offset + batch.count
        guard acks == .all, replicas[partition].highWatermark < end else {
          return answer(offset, nil)
        }
        replicas[partition].waiting.append(
          .init(endOffset: end, baseOffset: offset, number: number, client: client))
        return
      case .outOfOrder: return answer(nil, .outOfOrderSequence)
      case .fenced: return answer(nil, .producerFenced)
      }
    }
    let placed = replicas[partition].log.append(batch, epoch: leadership.epoch)
    replicas[partition].producers.take(placed)
    save(.append(partition: partition, placed), &outputs)
    if acks == .all, !options.shortcuts.contains(.acknowledgesEarly) {
      replicas[partition].waiting.append(
        .init(
          endOffset: placed.lastOffset + 1, baseOffset: placed.baseOffset, number: number,
          client: client))
    } else {
      answer(placed.baseOffset, nil)
    }
    answerWaitingFetches(partition, at: now, &outputs)
    settle(partition, &outputs)
  }

  func save(_ record: KafkaStorage.Record, _ outputs: inout [Output]) {
    outputs.append(options.flushesEachBatch ? .persist(record) : .write(record))
  }

  /// Moves the high watermark, and answers the producers that waited for it.
  mutating func settle(_ partition: Int, _ outputs: inout [Output]) {
    replicas[partition].advance(me: id, shortcuts: options.shortcuts)
    let reached = replicas[partition].highWatermark
    settleMarkers(partition, &outputs)
    let isrCount = replicas[partition].leadership?.isr.count ?? 0
    let done = replicas[partition].waiting.filter { $0.endOffset <= reached }
    guard !done.isEmpty else { return }
    replicas[partition].waiting.removeAll { $0.endOffset <= reached }
    for producer in done {
      let isEnough = isrCount >= options.minInsyncReplicas
      outputs.append(
        .send(
          .produced(
            partition: partition, number: producer.number, offset: producer.baseOffset,
            error: isEnough ? nil : .notEnoughReplicasAfterAppend), to: producer.client))
    }
  }

  /// A follower asks: what it asks for tells what it has.
  mutating func fetch(
    _ partition: Int, _ offset: Int, _ lastEpoch: Int, _ epoch: Int, _ number: Int,
    from node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let leadership = replicas[partition].leadership, leadership.leader == id,
      leadership.epoch == epoch,
      let place = replicas[partition].followers.firstIndex(where: { $0.node == node }),
      replicas[partition].followers[place].fetchNumber < number
    else { return }
    replicas[partition].followers[place].fetchNumber = number
    if let diverges = divergence(partition, offset, lastEpoch) {
      outputs.append(
        .send(
          .fetched(
            partition: partition, epoch: epoch, number: number, [],
            highWatermark: replicas[partition].highWatermark,
            logStart: replicas[partition].log.startOffset, divergesAt: diverges), to: node))
      return
    }
    replicas[partition].followers[place].endOffset = offset
    if offset >= replicas[partition].log.endOffset {
      replicas[partition].followers[place].caughtUpAt = now
    }
    settle(partition, &outputs)
    expand(partition, node, at: now, &outputs)
    let limit = now + options.fetchWaitMax
    replicas[partition].followers[place].waitingFetch = (offset, limit)
    answerWaitingFetches(partition, at: now, &outputs)
  }

  /// Where the follower's log ceases to be the leader's: nil when it does not.
  private func divergence(_ partition: Int, _ offset: Int, _ lastEpoch: Int) -> Int? {
    guard offset > 0 else { return nil }
    let log = replicas[partition].log
    guard let end = log.end(ofEpoch: lastEpoch) else { return 0 }
    let isSame = end.epoch == lastEpoch && offset <= end.offset
    return isSame ? nil : min(end.offset, offset)
  }

  /// Answers fetches for which there is something, or which have waited long enough.
  mutating func answerWaitingFetches(
    _ partition: Int, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let leadership = replicas[partition].leadership, leadership.leader == id else { return }
    let end = replicas[partition].log.endOffset
    for place in replicas[partition].followers.indices {
      guard let fetch = replicas[partition].followers[place].waitingFetch,
        fetch.offset < end || now >= fetch.until
      else { continue }
      replicas[partition].followers[place].waitingFetch = nil
      let batches = replicas[partition].log.read(from: fetch.offset, below: end, maximum: 1_000)
      outputs.append(
        .send(
          .fetched(
            partition: partition, epoch: leadership.epoch,
            number: replicas[partition].followers[place].fetchNumber, batches,
            highWatermark: replicas[partition].highWatermark,
            logStart: replicas[partition].log.startOffset, divergesAt: nil),
          to: replicas[partition].followers[place].node))
    }
  }

  /// Asks the controller to take followers out of the ISR that have not caught up for too long.
  mutating func shrink(_ partition: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let leadership = replicas[partition].leadership,
      replicas[partition].askedVersion != leadership.version,
      !options.shortcuts.contains(.neverShrinks)
    else { return }
    let end = replicas[partition].log.endOffset
    let late = replicas[partition].followers.filter { follower in
      leadership.isr.contains(follower.node)
        && now - follower.caughtUpAt > options.replicaLagTimeMax
        && (follower.endOffset < end || follower.waitingFetch == nil)
    }.map(\.node)
    guard !late.isEmpty else { return }
    ask(partition, for: leadership.isr.filter { !late.contains($0) }, at: now, &outputs)
  }

  /// Asks the controller to take a follower into the ISR that has caught up with it.
  private mutating func expand(
    _ partition: Int, _ node: NodeID, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let leadership = replicas[partition].leadership, !leadership.isr.contains(node),
      replicas[partition].askedVersion != leadership.version,
      let follower = replicas[partition].followers.first(where: { $0.node == node }),
      follower.endOffset >= replicas[partition].highWatermark,
      // It must hold what this leader's reign began with: that may all be committed.
      follower.endOffset >= replicas[partition].reignStart
    else { return }
    ask(partition, for: (leadership.isr + [node]).sorted(), at: now, &outputs)
  }

  /// Repeats what the controller has not answered, word for word: it may have done it.
  mutating func askAgain(_ partition: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let leadership = replicas[partition].leadership,
      replicas[partition].askedVersion == leadership.version,
      now - replicas[partition].askedAt > Self.repeatInterval
    else { return }
    ask(partition, for: replicas[partition].askedISR, at: now, &outputs)
  }

  private mutating func ask(
    _ partition: Int, for isr: [NodeID], at now: Instant, _ outputs: inout [Output]
  ) {
    guard let leadership = replicas[partition].leadership else { return }
    replicas[partition].askedAt = now
    replicas[partition].askedVersion = leadership.version
    replicas[partition].askedISR = isr
    outputs.append(.changesISR(partition: partition, from: leadership.isr, to: isr))
    outputs.append(
      .send(
        .alterISR(
          partition: partition, epoch: leadership.epoch, version: leadership.version, isr: isr),
        to: controller))
  }

  /// A consumer asks.
  mutating func consume(
    _ partition: Int, _ offset: Int, _ maximum: Int, _ committedOnly: Bool, from client: NodeID,
    _ outputs: inout [Output]
  ) {
    let replica = replicas[partition]
    func answer(_ records: [KafkaRecord], _ next: Int, _ error: KafkaError?) {
      outputs.append(
        .send(
          .consumed(
            partition: partition, offset: offset, records, next: next,
            logStart: replica.log.startOffset, highWatermark: replica.highWatermark,
            error: error), to: client))
    }
    guard replica.leadership?.leader == id else { return answer([], offset, .notLeaderOrFollower) }
    guard offset >= replica.log.startOffset, offset <= replica.log.endOffset else {
      return answer([], offset, .offsetOutOfRange)
    }
    let limit = committedOnly ? replica.lastStableOffset : replica.highWatermark
    var next = offset
    var records: [KafkaRecord] = []
    for batch in replica.log.read(from: offset, below: limit, maximum: maximum) {
      next = batch.lastOffset + 1
      let isAborted =
        committedOnly && batch.isTransactional
        && replica.producers.aborted.contains {
          $0.producer == batch.producer?.id && $0.firstOffset <= batch.baseOffset
            && batch.lastOffset < $0.lastOffset
        }
      guard !isAborted else { continue }
      records += batch.records.filter { $0.offset >= offset }
    }
    answer(records, next, nil)
  }
}
