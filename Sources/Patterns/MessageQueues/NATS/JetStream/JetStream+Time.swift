import Kernel

extension JetStream {
  /// When something falls due by itself, or nil.
  public var nextDue: Instant? {
    entries.flatMap { entry in
      [entry.stream.nextDue].compactMap(\.self) + entry.consumers.compactMap(\.nextDue)
    }.min()
  }

  mutating func passTime(at now: Instant, _ outputs: inout [Output]) {
    for place in entries.indices {
      let name = entries[place].stream.configuration.name
      entries[place].stream.expire(at: now)
      for index in entries[place].consumers.indices {
        let result = entries[place].consumers[index].expire(at: now)
        let consumer = entries[place].consumers[index]
        for sequence in result.again {
          outputs.append(
            .timedOut(
              stream: name, consumer: consumer.configuration.name, sequence: sequence,
              deliveries: consumer.deliveries[sequence] ?? 0))
        }
        for given in result.givenUp { outputs.append(.maxDeliveries(stream: name, given)) }
        for request in consumer.requests where request.expires <= now {
          outputs.append(.ended(status: 408, request: request.number))
        }
        entries[place].consumers[index].requests.removeAll { $0.expires <= now }
      }
      let idle = entries[place].consumers.filter { $0.inactiveEnd.map { $0 <= now } ?? false }
      for consumer in idle {
        outputs.append(.removed(stream: name, consumer: consumer.configuration.name))
      }
      entries[place].consumers.removeAll { $0.inactiveEnd.map { $0 <= now } ?? false }
    }
  }

  mutating func restart(at now: Instant) {
    for place in entries.indices {
      entries[place].stream.rebuild(at: now)
      for index in entries[place].consumers.indices {
        entries[place].consumers[index].requests = []
        entries[place].consumers[index].client = nil
        entries[place].consumers[index].lastActive = now
      }
    }
  }

  /// Hands out what there is to whoever waits for it.
  mutating func serve(_ place: Int, at now: Instant, _ outputs: inout [Output]) {
    let name = entries[place].stream.configuration.name
    for index in entries[place].consumers.indices {
      let isPush = entries[place].consumers[index].configuration.isPush
      while true {
        let consumer = entries[place].consumers[index]
        guard isPush ? consumer.client != nil : !consumer.requests.isEmpty,
          let delivery = entries[place].consumers[index].next(
            from: entries[place].stream, at: now)
        else { break }
        if isPush, let client = consumer.client {
          outputs.append(.pushed(delivery, stream: name, client: client))
        } else {
          pull(delivery, for: index, in: place, &outputs)
        }
        if consumer.configuration.ackPolicy == .none {
          releaseAtOnce(delivery.streamSequence, in: place)
        }
      }
      endImpatient(index, in: place, &outputs)
    }
  }

  /// Requests are served one message at a time, in turn.
  private mutating func pull(
    _ delivery: JetStreamDelivery, for index: Int, in place: Int, _ outputs: inout [Output]
  ) {
    var request = entries[place].consumers[index].requests.removeFirst()
    outputs.append(
      .pulled(
        delivery, stream: entries[place].stream.configuration.name, request: request.number))
    request.left -= 1
    if request.left > 0 { entries[place].consumers[index].requests.append(request) }
  }

  private mutating func releaseAtOnce(_ sequence: Int, in place: Int) {
    guard entries[place].stream.configuration.retention == .interest,
      let message = entries[place].stream[sequence],
      !entries[place].consumers.contains(where: { $0.needs(message) })
    else { return }
    entries[place].stream.remove(sequence)
  }

  private mutating func endImpatient(_ index: Int, in place: Int, _ outputs: inout [Output]) {
    for request in entries[place].consumers[index].requests where request.noWait {
      outputs.append(.ended(status: 404, request: request.number))
    }
    entries[place].consumers[index].requests.removeAll(where: \.noWait)
  }
}

extension JetStream {
  mutating func add(_ configuration: JetStreamStreamConfiguration) throws(JetStreamError) {
    if let place = place(of: configuration.name) {
      guard entries[place].stream.configuration == configuration else {
        throw .streamExists
      }
      return
    }
    let taken = entries.flatMap(\.stream.configuration.subjects)
    if configuration.subjects.contains(where: { one in taken.contains { $0.overlaps(one) } }) {
      throw .subjectsOverlap
    }
    entries.append(Entry(stream: JetStreamStream(configuration)))
  }

  mutating func add(
    _ configuration: JetStreamConsumerConfiguration, to stream: String, at now: Instant
  ) throws(JetStreamError) {
    guard let place = place(of: stream) else { throw .noStream }
    if index(of: configuration.name, in: place) != nil { return }
    if let limit = configuration.maxDeliver, configuration.backOff.count > limit {
      throw .backOffTooLong
    }
    if entries[place].stream.configuration.retention == .workqueue {
      try checkWorkQueue(configuration, in: place)
    }
    entries[place].consumers.append(
      JetStreamConsumer(configuration, of: entries[place].stream, at: now))
  }

  private func checkWorkQueue(
    _ configuration: JetStreamConsumerConfiguration, in place: Int
  ) throws(JetStreamError) {
    if configuration.ackPolicy != .explicit { throw .needsExplicitAck }
    let others = entries[place].consumers.map(\.configuration.filterSubject)
    if !others.isEmpty {
      guard let filter = configuration.filterSubject else { throw .unfilteredNotUnique }
      if others.contains(where: { $0?.overlaps(filter) ?? true }) { throw .filterNotUnique }
    }
    if configuration.deliverPolicy != .all { throw .mustDeliverAll }
  }
}
