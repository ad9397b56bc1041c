import Kernel
import Patterns
import Testing

/// Quorum queues over three brokers.
@Suite struct RabbitQuorumTests {
  private func channel(_ number: Int) -> RabbitChannelID {
    RabbitChannelID(client: NodeID(10 + number), connection: 1)
  }

  private func message(_ body: String) -> RabbitMessage { RabbitMessage(body, routingKey: "q") }

  @Test("a confirmation waits for a majority", arguments: [false, true])
  func confirmsAfterMajority(_ isBroken: Bool) {
    var lab = RabbitClusterLab(seed: 1, shortcuts: isBroken ? [.confirmsBeforeMajority] : [])
    let leader = lab.leader ?? 0
    lab.step(leader, .received(.open, on: channel(0)))
    lab.step(leader, .received(.confirmSelect, on: channel(0)))
    lab.cutOff = leader
    lab.step(leader, .received(.publish(message("m"), isMandatory: false), on: channel(0)))
    lab.pass(.milliseconds(150))
    #expect(lab.replies.contains { $0.reply == .confirmed(1) } == isBroken)
    if !isBroken {
      lab.cutOff = nil
      lab.pass(.seconds(2))
      #expect(lab.replies.contains { $0.reply == .confirmed(1) })
    }
  }

  @Test(
    "a message that keeps coming back is delivered once more than the limit, then it dies",
    arguments: [0, 1, 3])
  func deliveryLimit(_ limit: Int) {
    let arguments = RabbitQueueArguments(
      .quorum, deadLetterExchange: "", deadLetterRoutingKey: "dead", deliveryLimit: limit)
    var lab = RabbitClusterLab(arguments, seed: 2)
    lab.step(1, .received(.open, on: channel(0)))
    lab.step(1, .received(.consume(queue: "q", tag: "c", autoAck: false), on: channel(0)))
    lab.step(1, .received(.publish(message("poison"), isMandatory: false), on: channel(0)))
    var counts: [Int?] = []
    for _ in 0..<10 {
      lab.pass(.milliseconds(500))
      guard case .deliver(let delivery)? = lab.replies.last?.reply,
        delivery.tag == counts.count + 1
      else { break }
      counts.append(delivery.deliveryCount)
      let nack = RabbitMethod.nack(delivery.tag, multiple: false, requeue: true)
      lab.step(1, .received(nack, on: channel(0)))
    }
    #expect(counts == [nil] + (1..<(limit + 1)).map { $0 })
    lab.pass(.seconds(2))
    let dead = lab.brokers[1]?.queue("dead")?.waiting.map(\.message)
    #expect(dead?.map(\.body) == ["poison"])
    #expect(dead?.first?.deaths.first?.reason == .deliveryLimit)
  }

  @Test("with a limit what is returned is served first, without one it goes to the tail")
  func returnOrder() {
    for limit in [Int?.some(20), nil] {
      var lab = RabbitClusterLab(RabbitQueueArguments(.quorum, deliveryLimit: limit), seed: 3)
      let leader = lab.leader ?? 0
      lab.step(leader, .received(.open, on: channel(0)))
      for body in ["a", "b", "c"] {
        lab.step(leader, .received(.publish(message(body), isMandatory: false), on: channel(0)))
      }
      lab.step(leader, .received(.get(queue: "q", autoAck: false), on: channel(0)))
      lab.pass(.seconds(1))
      let nack = RabbitMethod.nack(1, multiple: false, requeue: true)
      lab.step(leader, .received(nack, on: channel(0)))
      lab.pass(.seconds(1))
      let waiting = lab.brokers[leader]?.queue("q")?.waiting.map(\.message.body)
      #expect(waiting == (limit == nil ? ["b", "c", "a"] : ["a", "b", "c"]))
    }
  }

  @Test("deliveries of a crashed broker's channels go back to the others")
  func brokerCrash() {
    var lab = RabbitClusterLab(seed: 4)
    let leader = lab.leader ?? 0
    let other = (leader + 1) % 3
    lab.step(other, .received(.open, on: channel(0)))
    lab.step(other, .received(.consume(queue: "q", tag: "c", autoAck: false), on: channel(0)))
    lab.step(other, .received(.publish(message("m"), isMandatory: false), on: channel(0)))
    lab.pass(.seconds(1))
    #expect(lab.brokers[leader]?.queue("q")?.heldCount == 1)
    lab.crash(other)
    lab.pass(.seconds(1))
    let queue = lab.brokers[leader]?.queue("q")
    #expect(queue?.heldCount == 0)
    #expect(queue?.waiting.first?.isRedelivered == true)
  }

  @Test("messages of a quorum queue expire by the leader's clock and die once")
  func expiry() {
    let arguments = RabbitQueueArguments(
      .quorum, messageTTL: .seconds(1), deadLetterExchange: "", deadLetterRoutingKey: "dead")
    var lab = RabbitClusterLab(arguments, seed: 5)
    lab.step(0, .received(.open, on: channel(0)))
    lab.step(0, .received(.publish(message("m"), isMandatory: false), on: channel(0)))
    lab.pass(.milliseconds(800))
    #expect(lab.brokers[0]?.queue("q")?.waitingCount == 1)
    lab.pass(.seconds(1))
    #expect(lab.brokers[0]?.queue("q")?.waitingCount == 0)
    #expect(lab.brokers[0]?.queue("dead")?.waitingCount == 1)
    #expect(lab.violation == nil)
  }

  @Test("nothing confirmed is lost, whatever crashes, cuts and losses do", arguments: 1...16)
  func chaos(_ seed: UInt64) {
    var run = RabbitQuorumRun(seed: seed)
    run.play(turns: 120)
    if let violation = run.lab.violation { Issue.record("\(violation) with seed \(seed)") }
    let lost = run.confirmed.filter { !run.worked.contains($0) }
    #expect(lost.isEmpty, "seed \(seed)")
    #expect(run.confirmed.count > 20, "seed \(seed) confirmed \(run.confirmed.count)")
  }
}

/// Clients that publish with confirmations and consume, while the cluster is tortured.
struct RabbitQuorumRun {
  var lab: RabbitClusterLab
  /// Bodies that were confirmed, and that a consumer worked on.
  var confirmed: Set<String> = []
  var worked: Set<String> = []
  private var random: RandomStream
  private var next = 0
  private var connections = 0
  private var producer: (node: Int, channel: RabbitChannelID, numbers: [Int: String])?
  private var consumer: (node: Int, channel: RabbitChannelID)?
  private var seen = 0

  init(seed: UInt64) {
    lab = RabbitClusterLab(seed: seed)
    random = RandomStream(seed: seed, name: "quorum-run")
  }

  mutating func play(turns: Int) {
    for _ in 0..<turns {
      disturb()
      connect()
      for _ in 0..<random.below(4) { publish() }
      lab.pass(.milliseconds(Int64(20 + random.below(200))))
      listen()
    }
    lab.cutOff = nil
    lab.loss = 0
    for node in 0..<3 { lab.start(node) }
    for _ in 0..<60 {
      connect()
      lab.pass(.milliseconds(250))
      listen()
    }
  }

  private mutating func disturb() {
    switch random.below(14) {
    case 0:
      let node = random.below(3)
      lab.crash(node)
      if producer?.node == node { producer = nil }
      if consumer?.node == node { consumer = nil }
    case 1, 2, 3: lab.start(random.below(3))
    case 4: lab.cutOff = random.below(3)
    case 5, 6: lab.cutOff = nil
    case 7: lab.loss = 0.1
    case 8: lab.loss = 0
    default: break
    }
  }

  private mutating func connect() {
    if producer == nil, let node = anyone() {
      let channel = newChannel()
      lab.step(node, .received(.open, on: channel))
      lab.step(node, .received(.confirmSelect, on: channel))
      producer = (node, channel, [:])
    }
    if consumer == nil, let node = anyone() {
      let channel = newChannel()
      lab.step(node, .received(.open, on: channel))
      lab.step(node, .received(.qos(prefetch: 3, isGlobal: false), on: channel))
      lab.step(node, .received(.consume(queue: "q", tag: "c", autoAck: false), on: channel))
      consumer = (node, channel)
    }
  }

  private mutating func anyone() -> Int? {
    let running = (0..<3).filter { lab.brokers[$0] != nil }
    return running.isEmpty ? nil : running[random.below(running.count)]
  }

  private mutating func newChannel() -> RabbitChannelID {
    connections += 1
    return RabbitChannelID(client: NodeID(10), connection: connections)
  }

  private mutating func publish() {
    guard var producer else { return }
    let body = "m\(next)"
    next += 1
    producer.numbers[producer.numbers.count + 1] = body
    self.producer = producer
    let message = RabbitMessage(body, routingKey: "q")
    lab.step(producer.node, .received(.publish(message, isMandatory: false), on: producer.channel))
  }

  private mutating func listen() {
    while seen < lab.replies.count {
      let (reply, channel, _) = lab.replies[seen]
      seen += 1
      switch reply {
      case .confirmed(let number) where channel == producer?.channel:
        if let body = producer?.numbers[number] { confirmed.insert(body) }
      case .deliver(let delivery) where channel == consumer?.channel:
        if random.chance(0.8) {
          worked.insert(delivery.message.body)
          settle(.ack(delivery.tag, multiple: false))
        } else {
          settle(.nack(delivery.tag, multiple: false, requeue: true))
        }
      case .cancelled where channel == consumer?.channel:
        settle(.close)
        consumer = nil
      default: break
      }
    }
  }

  private mutating func settle(_ method: RabbitMethod) {
    guard let consumer else { return }
    lab.step(consumer.node, .received(method, on: consumer.channel))
  }
}
