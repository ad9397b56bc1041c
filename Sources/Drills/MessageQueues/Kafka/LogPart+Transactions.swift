import Kernel
import Patterns
import Simulation

extension LogPart {
  func step(
    _ coordinator: inout KafkaTransactionCoordinator, _ input: Input, at now: Instant
  ) -> [Output] {
    let outputs: [KafkaTransactionCoordinator.Output]
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
      case .fences(let node, let name, let epoch, let known):
        return [
          .fact(
            Fact(
              "fences-producer",
              "refuses \(roster.name(node)), which writes for partition \(name) in epoch \(epoch): "
                + "\(known) is known", about: node))
        ]
      case .decides(.commit, _, _): return []
      case .decides(.abort, let name, let reason):
        return [
          .fact(
            Fact(
              "aborts",
              "aborts the transaction of partition \(name): \(reason ?? "its producer says so")")),
          .answer(.aborted),
        ]
      }
    }
  }

  func step(_ worker: inout KafkaTransformer, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaTransformer.Output]
    switch input {
    case .started: outputs = worker.step(.started, at: now)
    case .received(let message, let sender):
      outputs = worker.step(.received(message, from: sender), at: now)
    case .wake: outputs = worker.step(.wake, at: now)
    case .close: outputs = worker.step(.close, at: now)
    case .send: return []
    }
    return outputs.flatMap { output -> [Output] in
      switch output {
      case .consumer(let output): return told(output)
      case .send(let message, let target): return [.send(message, to: target)]
      case .wakeMe(let instant): return [.wakeMe(at: instant)]
      case .took(let record, _): return [.answer(.took(tag: Self.tag(record)))]
      case .fenced(let partition, let epoch):
        return [
          .fact(
            Fact(
              "fenced",
              "is told \(KafkaError.producerFenced.rawValue): somebody else writes for partition "
                + "\(partition), epoch \(epoch) is an old one", weight: .harm)), .answer(.fenced),
        ]
      case .abandons(let partition, let error):
        return [
          .fact(
            Fact(
              "abandons",
              "gives up what it wrote for partition \(partition): "
                + (error?.rawValue ?? "no answer"), weight: .harm))
        ]
      }
    }
  }

  func step(_ reader: inout KafkaReader, _ input: Input, at now: Instant) -> [Output] {
    let outputs: [KafkaReader.Output]
    switch input {
    case .started: outputs = reader.step(.started, at: now)
    case .received(let message, let sender):
      outputs = reader.step(.received(message, from: sender), at: now)
    case .wake: outputs = reader.step(.wake, at: now)
    case .send, .close: return []
    }
    return outputs.map { output in
      switch output {
      case .send(let message, let target): .send(message, to: target)
      case .wakeMe(let instant): .wakeMe(at: instant)
      case .persist(let record): .persist(record)
      case .read(let record, _): .answer(.applied(tag: Self.tag(record)))
      }
    }
  }
}
