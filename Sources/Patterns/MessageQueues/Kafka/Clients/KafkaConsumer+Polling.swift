import Kernel

extension KafkaConsumer {
  mutating func poll(at now: Instant, _ outputs: inout [Output]) {
    if mustRejoin { return rejoin(at: now, &outputs) }
    guard membership == .member else { return }
    polledAt = now
    if options.commit == .auto, !options.isExternal, now - committedAt >= options.autoCommitInterval
    {
      committedAt = now
      commit(owned, &outputs)
    }
    if let asked = asking {
      guard now - asked.since > .seconds(2) else { return }
      asking = nil
      askMetadata(at: now, &outputs)
    }
    let unknown = owned.filter { partition in
      positions[partition] == nil && (!options.isExternal || readable.contains(partition))
    }
    if !unknown.isEmpty, now - askedOffsetsAt > .seconds(1) {
      // The question, or the answer, was lost.
      askOffsets(unknown, at: now, &outputs)
    }
    ask(at: now, &outputs)
  }

  mutating func askOffsets(
    _ partitions: [Int], at now: Instant, _ outputs: inout [Output]
  ) {
    askedOffsetsAt = now
    outputs.append(.send(.fetchOffsets(partitions), to: options.coordinator))
  }

  /// Asks the leader of the next partition that it knows a position in.
  mutating func ask(at now: Instant, _ outputs: inout [Output]) {
    for _ in owned.indices {
      let partition = owned[turn % owned.count]
      turn += 1
      guard let offset = positions[partition] else {
        continue
      }
      guard let leader = leaders[partition] else {
        askMetadata(at: now, &outputs)
        continue
      }
      asking = (partition, now)
      outputs.append(
        .send(
          .consume(
            partition: partition, offset: offset, maximum: options.maxPollRecords,
            committedOnly: options.committedOnly), to: leader))
      return
    }
  }

  mutating func rejoin(at now: Instant, _ outputs: inout [Output]) {
    if membership == .member, options.commit != .before, !options.isExternal {
      commit(owned, &outputs)
    }
    if !options.isCooperative { letGo(&outputs) }
    asking = nil
    join(at: now, &outputs)
  }

  mutating func commit(_ partitions: [Int], _ outputs: inout [Output]) {
    let commits = partitions.compactMap { partition in
      positions[partition].flatMap { position in
        position == .max ? nil : KafkaCommit(partition: partition, offset: position)
      }
    }
    guard !commits.isEmpty else { return }
    outputs.append(
      .send(.commit(generation: generation, commits), to: options.coordinator))
  }

  mutating func askMetadata(at now: Instant, _ outputs: inout [Output]) {
    if let asked = askedMetadataAt, now - asked < .milliseconds(100) { return }
    askedMetadataAt = now
    outputs.append(.send(.metadata, to: options.controller))
  }
}
