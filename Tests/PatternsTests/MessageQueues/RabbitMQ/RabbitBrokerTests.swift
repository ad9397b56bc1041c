import Kernel
import Patterns
import Testing

/// Facts of rabbitmq-website (confirms.md, consumer-prefetch.md, ttl.md, dlx.md) on one broker.
@Suite struct RabbitBrokerTests {
  @Test("acking 8 with multiple settles 5 to 8, acking it alone leaves 5 to 7")
  func cumulativeAck() {
    for multiple in [true, false] {
      var lab = RabbitLab()
      lab.declare("q")
      for number in 1...8 { lab.publish("m\(number)", to: "q") }
      for _ in 1...8 { _ = lab.get("q") }
      for tag in 1...4 { lab.ask(.ack(tag, multiple: false)) }
      lab.ask(.ack(8, multiple: multiple))
      let left = lab.broker.queue("q")?.unacknowledged.map(\.entry.message.body)
      #expect(left == (multiple ? [] : ["m5", "m6", "m7"]))
    }
  }

  @Test("a consumer holds 10, both of a channel limited to 15 hold 15 together")
  func bothLimits() {
    var lab = RabbitLab()
    lab.declare("q")
    lab.declare("r")
    lab.ask(.qos(prefetch: 10, isGlobal: false))
    lab.ask(.qos(prefetch: 15, isGlobal: true))
    lab.ask(.consume(queue: "q", tag: "one", autoAck: false))
    lab.ask(.consume(queue: "r", tag: "two", autoAck: false))
    for number in 0..<40 {
      lab.publish("q\(number)", to: "q")
      lab.publish("r\(number)", to: "r")
    }
    #expect(lab.deliveries().count == 15)
    for queue in ["q", "r"] {
      let held = lab.broker.queue(queue)?.consumers.map(\.held) ?? []
      #expect(held.allSatisfy { $0 <= 10 })
    }
    lab.ask(.ack(3, multiple: true))
    #expect(lab.deliveries().count == 18)
    #expect(lab.violation == nil)
  }

  @Test("consumers of a queue are served in turn, and one that is full is passed over")
  func inTurn() {
    var lab = RabbitLab()
    lab.declare("q")
    lab.ask(.qos(prefetch: 1, isGlobal: false))
    lab.ask(.consume(queue: "q", tag: "slow", autoAck: false))
    lab.ask(.qos(prefetch: 0, isGlobal: false))
    lab.ask(.consume(queue: "q", tag: "fast", autoAck: false))
    for number in 0..<5 { lab.publish("\(number)", to: "q") }
    #expect(lab.deliveries().map(\.consumer) == ["slow", "fast", "fast", "fast", "fast"])
  }

  @Test("a confirmation of a persistent message stands behind its write, a transient one does not")
  func confirmsAfterDisk() {
    for isPersistent in [true, false] {
      var lab = RabbitLab()
      lab.declare("q")
      lab.ask(.confirmSelect)
      lab.publish("m", to: "q", isPersistent: isPersistent)
      let write = lab.last.firstIndex { if case .persist(.stored) = $0 { true } else { false } }
      let confirm = lab.last.firstIndex {
        if case .reply(.confirmed, _) = $0 { true } else { false }
      }
      if isPersistent {
        #expect(write != nil && confirm != nil && write ?? 9 < confirm ?? 0)
      } else {
        #expect(write == nil && confirm != nil)
      }
    }
  }

  @Test("a restart keeps persistent messages of durable queues, and who was delivered before")
  func restart() {
    var lab = RabbitLab()
    lab.declare("durable")
    lab.declare("transient", RabbitQueueArguments(isDurable: false))
    lab.ask(.bind(RabbitBinding("amq.fanout", to: .queue("durable"))))
    for number in 1...3 { lab.publish("m\(number)", to: "durable") }
    lab.publish("lost", to: "durable", isPersistent: false)
    _ = lab.get("durable")
    lab.restart()
    lab.open(RabbitLab.channel)
    let waiting = lab.broker.queue("durable")?.waiting ?? []
    #expect(waiting.map(\.message.body) == ["m1", "m2", "m3"])
    #expect(waiting.map(\.isRedelivered) == [true, false, false])
    #expect(lab.broker.queue("transient") == nil)
    #expect(lab.broker.routing.bindings.count == 1)
  }

  @Test("a returned message keeps its time: it expires when it would have")
  func requeueKeepsExpiry() {
    var lab = RabbitLab()
    lab.declare("q", RabbitQueueArguments(messageTTL: .seconds(10)))
    lab.publish("m", to: "q")
    lab.pass(.seconds(6))
    _ = lab.get("q")
    lab.ask(.nack(1, multiple: false, requeue: true))
    lab.pass(.seconds(3))
    #expect(lab.broker.queue("q")?.waitingCount == 1)
    lab.pass(.seconds(1))
    #expect(lab.broker.queue("q")?.waitingCount == 0)
  }

  @Test(
    "each shortcut breaks what it is about",
    arguments: [RabbitShortcut.ignoresPrefetch, .dropsUnackedOnClose, .dropsDead, .requeuesAtTail])
  func shortcuts(_ shortcut: RabbitShortcut) {
    for isBroken in [false, true] {
      var lab = RabbitLab(options: RabbitBrokerOptions(shortcuts: isBroken ? [shortcut] : []))
      lab.declare("dead")
      lab.declare(
        "q", RabbitQueueArguments(deadLetterExchange: "", deadLetterRoutingKey: "dead"))
      lab.ask(.qos(prefetch: 2, isGlobal: false))
      lab.ask(.consume(queue: "q", tag: "c", autoAck: false))
      for number in 0..<5 { lab.publish("\(number)", to: "q") }
      let isPrefetchKept = lab.violation == nil
      lab.ask(.reject(2, requeue: false))
      let buried = lab.broker.queue("dead")?.waitingCount
      lab.step(.disconnected(RabbitLab.channel.client, upTo: 1))
      let left = lab.broker.queue("q")?.waiting.map(\.message.body)
      switch shortcut {
      case .ignoresPrefetch: #expect(isPrefetchKept == !isBroken)
      case .dropsDead: #expect(buried == (isBroken ? 0 : 1))
      case .dropsUnackedOnClose:
        #expect(left == (isBroken ? ["3", "4"] : ["0", "2", "3", "4"]))
      default: #expect(left == (isBroken ? ["3", "4", "0", "2"] : ["0", "2", "3", "4"]))
      }
    }
  }
}
