import Kernel
import Patterns
import Testing

@Suite("Kafka: what is lost is said again, and a new life is a new life") struct KafkaRecoveryTests
{
  private static let options = KafkaOptions(
    replicaLagTimeMax: .seconds(2), sessionTimeout: .seconds(4), flushesEachBatch: true)
  private static let patient = KafkaOptions(
    replicaLagTimeMax: .seconds(2), sessionTimeout: .seconds(60), flushesEachBatch: true)

  private func batch(_ value: String) -> KafkaBatch {
    KafkaBatch([KafkaRecord(key: "k", value: value, timestamp: .zero)], timestamp: .zero)
  }

  @Test("a lost alterISR is asked again") func alterISR() throws {
    var trio = KafkaTrio(Self.patient)
    trio.run(.seconds(2))
    trio.brokers[2] = nil
    let end = trio.now + .seconds(5)
    let clock = Clock()
    trio.loses = { message, _ in
      if case .alterISR = message { clock.lost += 1 }
      if case .alterISR = message { return clock.lost == 1 }
      return false
    }
    while trio.now < end {
      trio.run(.milliseconds(500))
      trio.send(.produce(partition: 0, batch("x"), acks: .leader, number: 1), to: 0)
    }
    #expect(clock.lost >= 2)
    #expect(trio.leadership()?.isr == [NodeID(0), NodeID(1)])
    #expect(trio.violation == nil)
  }

  @Test("a lost leadership is told again") func leadership() throws {
    var trio = KafkaTrio(Self.options)
    trio.run(.seconds(2))
    trio.brokers[0] = nil
    let until = trio.now + .seconds(6)
    let clock = Clock()
    trio.loses = { message, _ in
      if case .leadership = message { clock.lost += 1 }
      if case .leadership = message { return clock.lost <= 3 }
      return false
    }
    trio.run(until - trio.now + .seconds(4))
    let leader = try #require(trio.leadership()?.leader)
    #expect(clock.lost > 3)
    #expect(trio.brokers[leader.index]?.replicas[0].leadership?.leader == leader)
    trio.send(.produce(partition: 0, batch("x"), acks: .leader, number: 1), to: leader.index)
    #expect(
      trio.told.contains {
        if case .produced(_, _, 0?, nil) = $0 { true } else { false }
      })
  }

  @Test("a lost register is sent again, and until then the broker leads nothing") func register() {
    var trio = KafkaTrio(Self.patient)
    trio.run(.seconds(2))
    let epoch = trio.leadership()?.epoch ?? 0
    let clock = Clock()
    trio.loses = { message, _ in
      if case .register = message { clock.lost += 1 }
      if case .register = message { return clock.lost == 1 }
      return false
    }
    trio.restart(0)
    trio.run(.milliseconds(500))
    #expect(trio.brokers[0]?.replicas[0].leadership == nil)
    trio.run(.seconds(4))
    #expect(trio.controller?.registrations[0].incarnation == 2)
    #expect(trio.leadership()?.epoch ?? 0 > epoch)
    #expect(trio.violation == nil)
  }

  @Test("alone in the ISR, a broker that restarts within its session leads in a new epoch")
  func alone() {
    var trio = KafkaTrio(Self.options)
    trio.run(.seconds(2))
    trio.brokers[1] = nil
    trio.brokers[2] = nil
    trio.run(.seconds(6))
    #expect(trio.leadership()?.isr == [NodeID(0)])
    let epoch = trio.leadership()?.epoch ?? 0
    trio.restart(0)
    trio.run(.seconds(1))
    #expect(trio.leadership()?.leader == NodeID(0))
    #expect(trio.leadership()?.epoch == epoch + 1)
    #expect(trio.violation == nil)
  }

  @Test("a controller that restarts replaces a leader that died meanwhile") func controller() {
    var trio = KafkaTrio(Self.options)
    trio.run(.seconds(2))
    trio.controller = nil
    trio.brokers[0] = nil
    trio.run(.seconds(2))
    trio.startController()
    #expect(trio.leadership()?.leader == NodeID(0))
    trio.run(.seconds(6))
    #expect(trio.leadership()?.leader == NodeID(1))
    #expect(trio.controller?.registrations[0].isFenced == true)
  }

  @Test("a replica without all that may be committed does not come back into the ISR")
  func reign() {
    var trio = KafkaTrio(Self.options)
    trio.run(.seconds(2))
    // b3 stops; what comes then is committed by b1 and b2, but b2 never hears that it is.
    trio.brokers[2] = nil
    trio.run(.seconds(6))
    trio.loses = { message, target in
      if case .fetched(_, _, _, _, let watermark, _, _) = message {
        target == NodeID(1) && watermark >= 3
      } else {
        false
      }
    }
    for number in 1...3 {
      trio.send(.produce(partition: 0, batch("\(number)"), acks: .leader, number: number), to: 0)
    }
    trio.run(.milliseconds(1_600))
    #expect(trio.brokers[0]?.replicas[0].highWatermark == 3)
    #expect(trio.brokers[1]?.replicas[0].highWatermark ?? 3 < 3)
    trio.brokers[0] = nil
    trio.restart(2)
    trio.loses = { message, target in
      if case .fetched(_, _, _, let batches, _, _, _) = message {
        target == NodeID(2) && !batches.isEmpty
      } else {
        false
      }
    }
    trio.run(.seconds(8))
    #expect(trio.leadership()?.leader == NodeID(1))
    #expect(trio.leadership()?.isr == [NodeID(1)])
    #expect(trio.violation == nil)
  }

  /// Counts messages of a kind, from within a closure.
  private final class Clock {
    var lost = 0
  }
}
