import Kernel

extension KafkaBroker {
  /// The controller says who leads.
  mutating func adopt(
    _ partition: Int, _ leadership: KafkaLeadership, at now: Instant, _ outputs: inout [Output]
  ) {
    let before = replicas[partition].leadership
    guard leadership.version > before?.version ?? -1 else { return }
    replicas[partition].leadership = leadership
    let isNewReign = leadership.epoch > before?.epoch ?? -1
    if leadership.leader == id {
      if isNewReign {
        replicas[partition].waiting = []
        replicas[partition].waitingMarkers = []
        replicas[partition].fetchedAt = nil
        replicas[partition].followers = []
        replicas[partition].reignStart = replicas[partition].log.endOffset
        outputs.append(
          .leads(
            partition: partition, epoch: leadership.epoch,
            end: replicas[partition].log.endOffset,
            committed: replicas[partition].highWatermark))
      }
      replicas[partition].keepFollowers(but: id, leadership, at: now)
      settle(partition, &outputs)
      answerWaitingFetches(partition, at: now, &outputs)
    } else {
      dismiss(partition, &outputs)
      if isNewReign { fetchAgain(partition, at: now, &outputs) }
    }
  }

  /// A leader that is none any more tells its producers to look for the new one.
  private mutating func dismiss(_ partition: Int, _ outputs: inout [Output]) {
    for producer in replicas[partition].waiting {
      outputs.append(
        .send(
          .produced(
            partition: partition, number: producer.number, offset: nil,
            error: .notLeaderOrFollower), to: producer.client))
    }
    replicas[partition].waiting = []
    replicas[partition].waitingMarkers = []
    replicas[partition].followers = []
  }

  /// Asks the leader for what comes next.
  mutating func fetchAgain(_ partition: Int, at now: Instant, _ outputs: inout [Output]) {
    guard let leadership = replicas[partition].leadership, let leader = leadership.leader,
      leader != id
    else { return }
    replicas[partition].fetchedAt = now
    replicas[partition].fetchNumber += 1
    let log = replicas[partition].log
    // Who keeps its tail says that it is the leader's.
    let keepsTail = options.shortcuts.contains(.followerKeepsTail)
    let lastEpoch = keepsTail ? leadership.epoch : log.lastEpoch ?? -1
    outputs.append(
      .send(
        .fetch(
          partition: partition, offset: log.endOffset, lastEpoch: lastEpoch,
          epoch: leadership.epoch, number: replicas[partition].fetchNumber), to: leader))
  }

  /// The leader answers.
  mutating func fetched(
    _ partition: Int, _ batches: [KafkaBatch], _ highWatermark: Int, _ logStart: Int,
    _ divergesAt: Int?, at now: Instant, _ outputs: inout [Output]
  ) {
    guard replicas[partition].leadership?.leader != id else { return }
    if let offset = divergesAt {
      // It asks again when time has passed: by then the leader's log may reach as far.
      guard !options.shortcuts.contains(.followerKeepsTail) else { return }
      let count = replicas[partition].log.endOffset - offset
      if count > 0 {
        outputs.append(.truncates(partition: partition, from: offset, count: count))
        replicas[partition].truncate(to: offset)
        outputs.append(.persist(.truncate(partition: partition, to: offset)))
      }
      return fetchAgain(partition, at: now, &outputs)
    }
    if logStart > replicas[partition].log.endOffset {
      // What it lacks the leader has deleted: it begins anew.
      replicas[partition].log.restart(at: logStart)
      outputs.append(.persist(.restart(partition: partition, at: logStart)))
    }
    for batch in batches where batch.baseOffset >= replicas[partition].log.endOffset {
      replicas[partition].take(batch)
      save(.append(partition: partition, batch), &outputs)
    }
    replicas[partition].highWatermark = max(
      replicas[partition].highWatermark, min(highWatermark, replicas[partition].log.endOffset))
    fetchAgain(partition, at: now, &outputs)
  }
}

extension KafkaReplica {
  /// The followers that a leader knows of: all replicas but itself.
  mutating func keepFollowers(but me: NodeID, _ leadership: KafkaLeadership, at now: Instant) {
    for node in leadership.replicas where node != me {
      guard !followers.contains(where: { $0.node == node }) else { continue }
      followers.append(Follower(node: node, caughtUpAt: now))
    }
  }
}
