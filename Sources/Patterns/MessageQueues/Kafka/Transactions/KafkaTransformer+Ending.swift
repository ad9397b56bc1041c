import Kernel

/// How a batch ends, is given up, or begins again after an answer.
extension KafkaTransformer {
  /// Goes on when everything is written: the position follows.
  mutating func proceed(at now: Instant, _ outputs: inout [Output]) {
    guard let batch, batch.phase == .writing, batch.next != nil, batch.held.isEmpty,
      batch.unacknowledged == 0
    else { return }
    if options.isTransactional {
      self.batch?.phase = .sendingOffsets
      ask(at: now, &outputs)
    } else {
      self.batch = nil
      take(consumer.step(.goOn(commits: true), at: now), at: now, &outputs)
    }
  }

  /// Gives the batch up; what it wrote in a transaction does not count.
  mutating func abandon(
    _ error: KafkaError?, at now: Instant, _ outputs: inout [Output]
  ) {
    guard let batch else { return }
    self.batch = nil
    producer.forget()
    if error == .producerFenced {
      outputs.append(.fenced(partition: batch.partition, epoch: batch.epoch))
    } else {
      outputs.append(.abandons(partition: batch.partition, error))
      if options.isTransactional {
        outputs.append(
          .send(
            .endTransaction(transactional: batch.partition, epoch: batch.epoch, .abort),
            to: options.coordinator))
      }
    }
    tasks = []
    take(consumer.step(.leaveAndJoin, at: now), at: now, &outputs)
  }

  mutating func look(at now: Instant, _ outputs: inout [Output]) {
    for place in tasks.indices
    where tasks[place].identity == nil && now - tasks[place].askedAt > .milliseconds(300) {
      tasks[place].askedAt = now
      outputs.append(initialise(tasks[place].partition))
    }
    guard let batch, now - batch.askedAt > .milliseconds(300) else { return }
    ask(at: now, &outputs)
  }

  func initialise(_ partition: Int) -> Output {
    .send(
      .initProducer(transactional: partition, timeout: options.transactionTimeout),
      to: options.coordinator)
  }

  mutating func take(
    _ taken: [KafkaProducer.Output], at now: Instant, _ outputs: inout [Output]
  ) {
    for output in taken {
      switch output {
      case .send(let message, let target): outputs.append(.send(message, to: target))
      case .wakeMe(let instant): outputs.append(.wakeMe(at: instant))
      case .acknowledged: batch?.unacknowledged -= 1
      case .failed(_, let error, _): abandon(error, at: now, &outputs)
      case .retries: break
      }
    }
  }

  mutating func take(
    _ taken: [KafkaConsumer.Output], at now: Instant, _ outputs: inout [Output]
  ) {
    for output in taken {
      switch output {
      case .send(let message, let target): outputs.append(.send(message, to: target))
      case .wakeMe(let instant): outputs.append(.wakeMe(at: instant))
      case .took(let record, let partition):
        outputs.append(.took(record, partition: partition))
      case .applied(let record, let partition): applied(record, partition, at: now, &outputs)
      case .finished(_, let next):
        batch?.next = next
        guard batch == nil else { continue }
        take(consumer.step(.goOn(commits: false), at: now), at: now, &outputs)
      case .assigned(let partitions, _):
        assigned(partitions, at: now, &outputs)
        outputs.append(.consumer(output))
      case .revoked(let partitions):
        tasks.removeAll { partitions.contains($0.partition) }
        outputs.append(.consumer(output))
      case .reset, .overstayed, .expelled: outputs.append(.consumer(output))
      }
    }
  }

  mutating func assigned(
    _ partitions: [Int], at now: Instant, _ outputs: inout [Output]
  ) {
    let fresh = partitions.filter { partition in
      !tasks.contains { $0.partition == partition }
    }
    for partition in fresh { tasks.append(Task(partition: partition, identity: nil, askedAt: now)) }
    if options.isTransactional {
      for partition in fresh { outputs.append(initialise(partition)) }
    } else {
      take(consumer.step(.mayRead(fresh), at: now), at: now, &outputs)
    }
  }
}
