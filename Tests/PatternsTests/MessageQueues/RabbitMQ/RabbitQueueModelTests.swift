import Kernel
import Patterns
import Testing

/// The queue against a plain list that does everything by searching it.
@Suite struct RabbitQueueModelTests {
  /// A classic queue as a list of messages in order, told as plainly as it can be.
  struct Model {
    struct Item {
      let number: Int
      let priority: Int
      let expiresAt: Int?
      let bytes: Int
      var holder: Int?
      var isRedelivered = false
    }

    var items: [Item] = []
    var dead: [String] = []
    let maxLength: Int?
    let rejects: Bool
    let ttl: Int?

    /// What waits, in the order of service.
    var waiting: [Item] {
      items.filter { $0.holder == nil }.sorted {
        ($1.priority, $0.number) < ($0.priority, $1.number)
      }
    }

    mutating func expire(at now: Int) {
      while let head = waiting.first, let expiry = head.expiresAt, expiry <= now {
        kill(head.number, "expired")
      }
    }

    mutating func kill(_ number: Int, _ reason: String) {
      items.removeAll { $0.number == number }
      dead.append("\(number) \(reason)")
    }

    mutating func publish(_ number: Int, priority: Int, ttl own: Int?, at now: Int) -> Bool {
      if rejects, let maxLength, waiting.count >= maxLength { return false }
      let life = [ttl, own].compactMap { $0 }.min()
      items.append(
        Item(number: number, priority: priority, expiresAt: life.map { now + $0 }, bytes: 1))
      trim()
      expire(at: now)
      return true
    }

    mutating func trim() {
      while let maxLength, !rejects, waiting.count > maxLength { kill(waiting[0].number, "maxlen") }
    }

    mutating func get(by holder: Int, at now: Int) -> Item? {
      expire(at: now)
      guard let head = waiting.first else { return nil }
      if let place = items.firstIndex(where: { $0.number == head.number }) {
        items[place].holder = holder
      }
      return head
    }

    mutating func requeue(_ numbers: [Int], at now: Int) {
      for place in items.indices where numbers.contains(items[place].number) {
        items[place].holder = nil
        items[place].isRedelivered = true
      }
      trim()
      expire(at: now)
    }
  }

  struct Run {
    var lab = RabbitLab()
    var model: Model
    var random: RandomStream
    var published = 0
    /// Deliveries that are held: channel, tag, message.
    var held: [(channel: Int, tag: Int, number: Int)] = []
    var connection = [1, 1]
    let hasPriorities: Bool

    init(seed: UInt64) {
      random = RandomStream(seed: seed, name: "queue-model")
      let maxLength = random.chance(0.5) ? random.below(5) : nil
      let rejects = random.chance(0.5)
      let ttl = random.chance(0.3) ? random.below(8) : nil
      hasPriorities = random.chance(0.4)
      model = Model(maxLength: maxLength, rejects: rejects, ttl: ttl)
      lab.ask(.confirmSelect)
      lab.declare("dead")
      lab.declare(
        "q",
        RabbitQueueArguments(
          messageTTL: ttl.map { .seconds(Int64($0)) }, maxLength: maxLength,
          overflow: rejects ? .rejectPublish : .dropHead, deadLetterExchange: "",
          deadLetterRoutingKey: "dead", maxPriority: hasPriorities ? 3 : nil))
      for channel in 0..<2 { lab.open(id(channel)) }
    }

    func id(_ channel: Int) -> RabbitChannelID {
      RabbitChannelID(client: NodeID(3 + channel), connection: connection[channel])
    }

    var seconds: Int { Int(lab.now.seconds.rounded()) }
  }

  @Test("a classic queue does what a plain list does", arguments: 1...120)
  func againstList(_ seed: UInt64) {
    var run = Run(seed: seed)
    for turn in 0..<150 {
      act(&run)
      let machine = run.lab.broker.queue("q")?.waiting.map { entry in
        "\(entry.message.body)\(entry.isRedelivered ? " again" : "")"
      }
      let model = run.model.waiting.map { "\($0.number)\($0.isRedelivered ? " again" : "")" }
      #expect(machine == model, "seed \(seed), turn \(turn)")
      let dead = run.lab.broker.queue("dead")?.waiting.map { entry in
        "\(entry.message.body) \(entry.message.deaths.first?.reason.rawValue ?? "alive")"
      }
      #expect(dead == run.model.dead, "seed \(seed), turn \(turn)")
      if let violation = run.lab.violation { Issue.record("\(violation) with seed \(seed)") }
      if machine != model || dead != run.model.dead { return }
    }
  }

  private func act(_ run: inout Run) {
    switch run.random.below(10) {
    case 0, 1, 2: publish(&run)
    case 3, 4, 5: fetch(&run)
    case 6: settle(&run)
    case 7: requeue(&run)
    case 8: hangUp(&run)
    default:
      run.lab.pass(.seconds(Int64(1 + run.random.below(3))))
      run.model.expire(at: run.seconds)
    }
  }

  private func publish(_ run: inout Run) {
    let number = run.published
    run.published += 1
    let priority = run.hasPriorities ? run.random.below(5) : 0
    let ttl = run.random.chance(0.3) ? run.random.below(6) : nil
    let replies = run.lab.publish(
      "\(number)", to: "q", priority: priority,
      expiration: ttl.map { .seconds(Int64($0)) })
    let isTaken = run.model.publish(
      number, priority: min(priority, 3), ttl: ttl, at: run.seconds)
    #expect(replies == [isTaken ? .confirmed(number + 1) : .refused(number + 1)])
  }

  private func fetch(_ run: inout Run) {
    let channel = run.random.below(2)
    let got = run.lab.get("q", on: run.id(channel))
    let expected = run.model.get(by: channel, at: run.seconds)
    let body = got?.delivery.message.body
    #expect(body == expected.map { "\($0.number)" })
    let isAgain = got?.delivery.isRedelivered
    #expect(isAgain == expected?.isRedelivered)
    if let got, let expected {
      run.held.append((channel, got.delivery.tag, expected.number))
    }
  }

  private func settle(_ run: inout Run) {
    guard !run.held.isEmpty else { return }
    let chosen = run.held[run.random.below(run.held.count)]
    let id = run.id(chosen.channel)
    if run.random.chance(0.5) {
      run.lab.ask(.ack(chosen.tag, multiple: true), on: id)
      let gone = run.held.filter { $0.channel == chosen.channel && $0.tag <= chosen.tag }
      run.model.items.removeAll { item in gone.contains { $0.number == item.number } }
      run.held.removeAll { $0.channel == chosen.channel && $0.tag <= chosen.tag }
    } else {
      run.lab.ask(.reject(chosen.tag, requeue: false), on: id)
      run.model.kill(chosen.number, "rejected")
      run.held.removeAll { $0.channel == chosen.channel && $0.tag == chosen.tag }
    }
    run.model.expire(at: run.seconds)
  }

  private func requeue(_ run: inout Run) {
    guard !run.held.isEmpty else { return }
    let chosen = run.held[run.random.below(run.held.count)]
    let multiple = run.random.chance(0.5)
    let back = run.held.filter {
      $0.channel == chosen.channel && (multiple ? $0.tag <= chosen.tag : $0.tag == chosen.tag)
    }
    run.lab.ask(
      .nack(chosen.tag, multiple: multiple, requeue: true), on: run.id(chosen.channel))
    run.held.removeAll { delivery in
      back.contains { $0.channel == delivery.channel && $0.tag == delivery.tag }
    }
    run.model.requeue(back.map(\.number), at: run.seconds)
  }

  private func hangUp(_ run: inout Run) {
    let channel = run.random.below(2)
    run.lab.step(
      .disconnected(run.id(channel).client, upTo: run.connection[channel]))
    run.connection[channel] += 1
    run.lab.open(run.id(channel))
    let back = run.held.filter { $0.channel == channel }.map(\.number)
    run.held.removeAll { $0.channel == channel }
    run.model.requeue(back, at: run.seconds)
  }
}
