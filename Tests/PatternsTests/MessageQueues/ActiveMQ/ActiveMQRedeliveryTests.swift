import Kernel
import Patterns
import Testing

/// ActiveMQ's client-side redelivery, by the reference's computed vector and the source's rules.
@Suite struct ActiveMQRedeliveryTests {
  /// The waits of a message that always fails, until it is poison.
  private func waits(_ policy: ActiveMQRedeliveryPolicy, seed: UInt64 = 1) -> [TimeSpan] {
    var consumer = ActiveMQConsumer(policy, random: RandomStream(seed: seed, name: "activemq"))
    consumer.take(.init(tag: 1, body: "m"))
    var now = Instant.zero
    var waits: [TimeSpan] = []
    while waits.count < 20 {
      if consumer.rollBack(at: now) != nil { return waits }
      guard let until = consumer.pausedUntil else { return waits }
      waits.append(until - now)
      now = until
    }
    return waits
  }

  @Test("with back-off a message waits 1, 5, 25, 125, 625, 3125 s and dies at its 7th delivery")
  func exponential() {
    let seconds = waits(ActiveMQRedeliveryPolicy(useExponentialBackOff: true)).map(\.seconds)
    #expect(seconds == [1, 5, 25, 125, 625, 3_125])
  }

  @Test("without back-off every wait is the first one, and a limit of waits holds")
  func plain() {
    #expect(waits(ActiveMQRedeliveryPolicy()) == Array(repeating: .seconds(1), count: 6))
    let limited = ActiveMQRedeliveryPolicy(
      maximumRedeliveryDelay: .seconds(7), useExponentialBackOff: true)
    #expect(waits(limited).map(\.seconds) == [1, 5, 7, 7, 7, 7])
    #expect(waits(ActiveMQRedeliveryPolicy(maximumRedeliveries: 0)).isEmpty)
    #expect(waits(ActiveMQRedeliveryPolicy(maximumRedeliveries: nil)).count == 20)
  }

  @Test("collision avoidance moves a wait by at most 15 %, both ways", arguments: 1...20)
  func collisions(_ seed: UInt64) {
    let all = waits(ActiveMQRedeliveryPolicy(useCollisionAvoidance: true), seed: seed)
    #expect(all.first == .seconds(1))
    for wait in all.dropFirst() { #expect(wait.seconds >= 0.849 && wait.seconds <= 1.15) }
    #expect(Set(all).count > 2)
  }

  @Test("while a redelivery waits, later messages wait behind it")
  func headOfLine() {
    var consumer = ActiveMQConsumer(
      ActiveMQRedeliveryPolicy(), random: RandomStream(seed: 1, name: "activemq"))
    consumer.take(.init(tag: 1, body: "bad"))
    consumer.take(.init(tag: 2, body: "good"))
    #expect(consumer.rollBack(at: .zero) == nil)
    #expect(consumer.next(at: .zero + .milliseconds(999)) == nil)
    #expect(consumer.next(at: .zero + .seconds(1))?.body == "bad")
    #expect(consumer.commit() == 1)
    #expect(consumer.next(at: .zero + .seconds(1))?.body == "good")
  }
}
