import Kernel
@testable import Patterns
import Testing

@Suite("JetStream against its definition") struct JetStreamModelTests {
  @Test("Every answer is the naive model's, and the rules hold", arguments: UInt64(1)...40)
  func random(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "jetstream")
    let (stream, consumer) = try configurations(&random)
    var server = JetStream()
    _ = server.step(.addStream(stream, request: 0), at: .zero)
    _ = server.step(.addConsumer(stream: "S", consumer, request: 0), at: .zero)
    var naive = NaiveJetStream(stream, consumer)
    var now = Instant.zero
    for _ in 0..<300 {
      now = now + random.span(.milliseconds(1), to: .milliseconds(900))
      switch random.below(10) {
      case 0..<4:
        let id = random.chance(0.5) ? "id\(random.below(12))" : nil
        let message = JetStreamPublication("s.\(random.below(3))", "x", id: id)
        let outputs = server.step(.publish(message, request: 0), at: now)
        let expected = naive.publish(message.subject, id, at: now)
        let seen = outputs.lazy.compactMap { output -> JetStreamPubAck? in
          if case .stored(let ack, _, _) = output { ack } else { nil }
        }.first
        #expect(seen?.sequence == expected?.0)
        #expect(seen?.isDuplicate == expected?.1)
      case 4..<7:
        let batch = 1 + random.below(4)
        let outputs = server.step(
          .pull(
            stream: "S", consumer: "C", batch: batch, expires: nil, noWait: true, request: 1),
          at: now)
        let expected = naive.pull(batch, at: now)
        let seen = outputs.compactMap { output -> [Int]? in
          guard case .pulled(let delivery, _, _) = output else { return nil }
          return [delivery.streamSequence, delivery.count]
        }
        #expect(seen == expected.map { [$0.0, $0.1] })
      default:
        let sequence = 1 + random.below(max(1, naive.messages.count))
        let word: JetStreamAck =
          switch random.below(6) {
          case 0: .nak(delay: nil)
          case 1: .nak(delay: .seconds(2))
          case 2: .inProgress
          case 3: .term
          default: .ack
          }
        _ = server.step(
          .acknowledge(stream: "S", consumer: "C", sequence: sequence, word), at: now)
        naive.acknowledge(sequence, word, at: now)
      }
      let left = server.stream("S")?.messages.map(\.sequence)
      #expect(left == naive.sequences)
      let violation = server.checkInvariants()
      #expect(violation == nil)
    }
  }

  private func configurations(
    _ random: inout RandomStream
  ) throws -> (JetStreamStreamConfiguration, JetStreamConsumerConfiguration) {
    var stream = JetStreamStreamConfiguration("S", subjects: [try #require(NATSSubject("s.*"))])
    stream.duplicateWindow = .seconds(10)
    stream.retention = random.chance(0.5) ? .limits : .workqueue
    stream.discard = random.chance(0.3) ? .new : .old
    if random.chance(0.5) { stream.maxMsgs = 5 + random.below(20) }
    if random.chance(0.3) { stream.maxAge = .seconds(20) }
    var consumer = JetStreamConsumerConfiguration("C")
    consumer.ackWait = .seconds(4)
    if random.chance(0.4) { consumer.backOff = [.seconds(1), .seconds(3), .seconds(8)] }
    if random.chance(0.5) { consumer.maxDeliver = 3 + random.below(3) }
    consumer.maxAckPending = 1 + random.below(8)
    return (stream, consumer)
  }

  @Test("BackOff gives each delivery its wait, the last one repeats, and max_deliver ends it")
  func backOff() throws {
    var server = JetStream()
    let subject = try #require(NATSSubject("s"))
    _ = server.step(
      .addStream(JetStreamStreamConfiguration("S", subjects: [subject]), request: 0), at: .zero)
    var consumer = JetStreamConsumerConfiguration("C")
    consumer.backOff = [.seconds(5), .seconds(30), .seconds(300)]
    consumer.maxDeliver = 5
    _ = server.step(.addConsumer(stream: "S", consumer, request: 0), at: .zero)
    _ = server.step(.publish(JetStreamPublication("s", "x"), request: 0), at: .zero)
    _ = server.step(
      .pull(stream: "S", consumer: "C", batch: 9, expires: nil, noWait: false, request: 1),
      at: .zero)
    var now = Instant.zero
    for (number, wait) in [5, 30, 300, 300, 300].enumerated() {
      #expect(server.nextDue == now + .seconds(Int64(wait)))
      now = now + .seconds(Int64(wait))
      let outputs = server.step(.wake, at: now)
      let again = outputs.contains { if case .pulled = $0 { true } else { false } }
      #expect(again == (number < 4))
      let given = JetStreamGivenUp(consumer: "C", sequence: 1, deliveries: 5)
      #expect(outputs.contains(.maxDeliveries(stream: "S", given)) == (number == 4))
    }
    #expect(server.stream("S")?.count == 1)
  }

  @Test("The ack floor stays below what is out; ack policy all takes what came before along")
  func ackFloor() throws {
    for policy in [JetStreamConsumerConfiguration.AckPolicy.explicit, .all] {
      var server = JetStream()
      let subject = try #require(NATSSubject("s"))
      _ = server.step(
        .addStream(JetStreamStreamConfiguration("S", subjects: [subject]), request: 0), at: .zero)
      var consumer = JetStreamConsumerConfiguration("C")
      consumer.ackPolicy = policy
      _ = server.step(.addConsumer(stream: "S", consumer, request: 0), at: .zero)
      for _ in 0..<4 {
        _ = server.step(.publish(JetStreamPublication("s", "x"), request: 0), at: .zero)
      }
      _ = server.step(
        .pull(stream: "S", consumer: "C", batch: 4, expires: nil, noWait: true, request: 1),
        at: .zero)
      _ = server.step(
        .acknowledge(stream: "S", consumer: "C", sequence: 3, .ack), at: .zero)
      let floor = server.consumer("C", of: "S")?.ackFloor.stream
      #expect(floor == (policy == .all ? 3 : 0))
      let out = server.consumer("C", of: "S")?.pending.keys.sorted()
      #expect(out == (policy == .all ? [4] : [1, 2, 4]))
    }
  }

  @Test("A restarted server knows the ids of messages that are still stored")
  func rebuild() throws {
    let subject = try #require(NATSSubject("s"))
    var server = JetStream()
    _ = server.step(
      .addStream(JetStreamStreamConfiguration("S", subjects: [subject]), request: 0), at: .zero)
    for id in ["a", "b"] {
      _ = server.step(.publish(JetStreamPublication("s", id, id: id), request: 0), at: .zero)
    }
    _ = server.step(.deleteMessage(stream: "S", sequence: 1, request: 0), at: .zero)
    _ = server.step(.restarted, at: .zero + .seconds(1))
    for (id, sequence) in [("a", 3), ("b", 2)] {
      let outputs = server.step(
        .publish(JetStreamPublication("s", id, id: id), request: 0), at: .zero + .seconds(2))
      let ack = JetStreamPubAck(sequence: sequence, isDuplicate: id == "b")
      #expect(outputs.contains(.stored(ack, stream: "S", request: 0)))
    }
  }

  @Test("Every shortcut is caught by a rule or by what it does to a message")
  func shortcuts() throws {
    #expect(try held(.ignoresMaxAckPending) == JetStream.Rule.ackPending.rawValue)
    #expect(try held(.ignoresMaxDeliver) == JetStream.Rule.deliveries.rawValue)
    #expect(try held(nil) == nil)
  }

  /// The rule that breaks when nobody ever acknowledges.
  private func held(_ shortcut: JetStreamShortcut?) throws -> String? {
    let subject = try #require(NATSSubject("s"))
    var server = JetStream()
    _ = server.step(
      .addStream(JetStreamStreamConfiguration("S", subjects: [subject]), request: 0), at: .zero)
    var consumer = JetStreamConsumerConfiguration("C")
    consumer.maxAckPending = 2
    consumer.maxDeliver = 2
    consumer.shortcuts = shortcut.map { [$0] } ?? []
    _ = server.step(.addConsumer(stream: "S", consumer, request: 0), at: .zero)
    for second in 0..<200 {
      let now = Instant.zero + .seconds(Int64(second))
      _ = server.step(.publish(JetStreamPublication("s", "x"), request: 0), at: now)
      _ = server.step(
        .pull(stream: "S", consumer: "C", batch: 1, expires: nil, noWait: true, request: 1),
        at: now)
      if let violation = server.checkInvariants() { return violation.invariant }
    }
    return nil
  }
}
