import Kernel
import Patterns
import Simulation

extension LogPart {
  func step(_ broker: inout KafkaBroker, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaBroker.Output]
    switch input {
    case .started: outputs = broker.step(.started, at: now)
    case .received(let message, let sender):
      outputs = broker.step(.received(message, from: sender), at: now)
    case .wake: outputs = broker.step(.wake, at: now)
    case .send, .close: return []
    }
    return outputs.map { output in
      switch output {
      case .send(let message, let target): .send(message, to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let record): .persist(record)
      case .write(let record): .write(record)
      case .leads(let partition, let epoch, let end, let committed):
        .fact(
          Fact(
            "leads",
            "leads partition \(partition) in epoch \(epoch), with \(end) records, "
              + "\(committed) known to be committed"))
      case .truncates(let partition, let from, let count):
        .fact(
          Fact(
            "truncates",
            "drops \(count) records of partition \(partition) from offset \(from) on, "
              + "which the new leader does not have", weight: .harm))
      case .deletes(let partition, let before, let count):
        .fact(
          Fact(
            "deletes",
            "deletes \(count) records of partition \(partition) by retention: it begins at \(before)"
          ))
      case .compacts(let partition, let before, let after, let tombstones):
        .fact(
          Fact(
            "compacts",
            "cleans partition \(partition): \(after) of \(before) records stay, "
              + "\(tombstones) tombstones go"))
      case .changesISR(let partition, let before, let after):
        .fact(
          Fact(
            "isr",
            "wants the ISR of partition \(partition) to be \(names(after)) instead of "
              + names(before)))
      }
    }
  }

  func step(_ controller: inout KafkaController, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaController.Output]
    switch input {
    case .started: outputs = controller.step(.started, at: now)
    case .received(let message, let sender):
      outputs = controller.step(.received(message, from: sender), at: now)
    case .wake: outputs = controller.step(.wake, at: now)
    case .send, .close: return []
    }
    return outputs.flatMap { output -> [Output] in
      switch output {
      case .send(let message, let target): return [.send(message, to: target)]
      case .wakeMe(let instant): return [.wakeMe(at: instant)]
      case .persist(let record): return [.persist(record)]
      case .fences(let node, let silent):
        return [
          .fact(
            Fact(
              "fences", "has not heard from \(roster.name(node)) for \(silent) and gives it up",
              about: node, since: now - silent))
        ]
      case .elects(let partition, let leader, let isClean, let isr):
        let text =
          "makes \(roster.name(leader)) leader of partition \(partition), ISR \(names(isr))"
        let told = Output.answer(.leaderless(partition: partition, false))
        guard !isClean else { return [.fact(Fact("elects", text)), told] }
        return [
          .fact(
            Fact(
              "unclean-election", text + ", although it was out of sync: what it lacks is lost",
              weight: .harm)), told, .answer(.uncleanElection(partition: partition)),
        ]
      case .offline(let partition, let isr):
        return [
          .fact(
            Fact(
              "offline",
              "has no leader for partition \(partition): of the ISR \(names(isr)) nobody "
                + "lives", weight: .harm)), .answer(.leaderless(partition: partition, true)),
        ]
      }
    }
  }

  func step(
    _ coordinator: inout KafkaGroupCoordinator, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [KafkaGroupCoordinator.Output]
    switch input {
    case .started: outputs = coordinator.step(.started, at: now)
    case .received(let message, let sender):
      outputs = coordinator.step(.received(message, from: sender), at: now)
    case .wake: outputs = coordinator.step(.wake, at: now)
    case .send, .close: return []
    }
    return outputs.flatMap { output -> [Output] in
      switch output {
      case .send(let message, let target): return [.send(message, to: target)]
      case .wakeMe(let instant): return [.wakeMe(at: instant)]
      case .persist(let record): return [.persist(record)]
      case .rebalances(let reason, let node):
        return [
          .fact(
            Fact("rebalance", "begins a rebalance: \(roster.name(node)) \(reason.rawValue)")),
          .answer(.rebalancing),
        ]
      case .begins(let generation, let members):
        return [
          .fact(Fact("generation", "generation \(generation) begins with \(members) members"))
        ]
      }
    }
  }

  func step(_ producer: inout KafkaProducer, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaProducer.Output]
    switch input {
    case .started: outputs = producer.step(.started, at: now)
    case .received(let message, let sender):
      outputs = producer.step(.received(message, from: sender), at: now)
    case .wake: outputs = producer.step(.wake, at: now)
    case .send(let key, let value, let tag):
      outputs = producer.step(.send(key: key, value: value, tag: tag), at: now)
    case .close: return []
    }
    return outputs.flatMap { output -> [Output] in
      switch output {
      case .send(let message, let target): return [.send(message, to: target)]
      case .wakeMe(let instant): return [.wakeMe(at: instant)]
      case .acknowledged(let tag, let partition):
        return [.answer(.acknowledged(tag: tag, partition: partition))]
      case .failed(let tag, let error, let isCertain):
        return [
          .answer(
            .failed(tag: tag, error: error?.rawValue ?? "TIMEOUT", isCertain: isCertain))
        ]
      case .retries(_, .notEnoughReplicas?): return [.answer(.tooFewReplicas)]
      case .retries: return []
      }
    }
  }

  func step(_ consumer: inout KafkaConsumer, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaConsumer.Output]
    switch input {
    case .started: outputs = consumer.step(.started, at: now)
    case .received(let message, let sender):
      outputs = consumer.step(.received(message, from: sender), at: now)
    case .wake: outputs = consumer.step(.wake, at: now)
    case .close: outputs = consumer.step(.close, at: now)
    case .send: return []
    }
    return outputs.flatMap(told)
  }

  /// What the world hears of a consumer.
  func told(_ output: KafkaConsumer.Output) -> [Output] {
    switch output {
    case .send(let message, let target): return [.send(message, to: target)]
    case .wakeMe(let instant): return [.wakeMe(at: instant)]
    case .finished: return []
    case .took(let record, _): return [.answer(.took(tag: Self.tag(record)))]
    case .applied(let record, _): return [.answer(.applied(tag: Self.tag(record)))]
    case .assigned(let partitions, _): return [.answer(.assigned(partitions))]
    case .revoked(let partitions): return [.answer(.revoked(partitions))]
    case .reset(let partition, let from, let to):
      return [
        .fact(
          Fact(
            "reset",
            "asks for offset \(from) of partition \(partition), which the log does not have, and "
              + "goes on at \(to)", weight: .harm)), .answer(.reset),
      ]
    case .overstayed(let since):
      return [
        .fact(
          Fact(
            "overstayed",
            "has worked for \(since) without a poll, longer than "
              + "max.poll.interval.ms, and leaves the group", weight: .harm))
      ]
    case .expelled(let error):
      return [
        .fact(
          Fact(
            "expelled", "is told \(error.rawValue): what it has not committed others do again",
            weight: .harm))
      ]
    }
  }

  static func tag(_ record: KafkaRecord) -> Int {
    record.header ?? 0
  }
}
