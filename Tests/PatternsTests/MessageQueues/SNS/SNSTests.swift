import Kernel
import Patterns
import Testing

@Suite("SNS topics") struct SNSTests {
  typealias Topic = SNSTopic<String>

  @Test("The policy for AWS endpoints: 3 at once, 2 after 1 s, 10 growing to 20 s, then 20 s")
  func managedSchedule() {
    let policy = SNSDeliveryPolicy.awsManaged
    let delays = (1...16).compactMap { policy.delay(beforeRetry: $0) }
    #expect(delays.prefix(5) == [.zero, .zero, .zero, .seconds(1), .seconds(1)])
    #expect(delays[5] == .seconds(1) && delays[14] == .seconds(20))
    #expect(zip(delays[5...13], delays[6...14]).allSatisfy { $0 < $1 })
    #expect(policy.delay(beforeRetry: 100_015) == .seconds(20))
    #expect(policy.delay(beforeRetry: 100_016) == nil)
    var total = TimeSpan.zero
    for retry in 1...100_015 { total = total + (policy.delay(beforeRetry: retry) ?? .zero) }
    #expect(total > .hours(23 * 24) && total < .hours(24 * 24))
  }

  @Test("The policies for customers' endpoints have 50 retries in over 6 hours, and 3 in a minute")
  func otherSchedules() {
    let customer = SNSDeliveryPolicy.customerManaged
    #expect(customer.backoffRetries == 10)
    let spans = (1...50).compactMap { customer.delay(beforeRetry: $0) }
    #expect(spans.reduce(.zero, +) > .hours(6))
    #expect(customer.delay(beforeRetry: 51) == nil)
    let http = (1...4).map { SNSDeliveryPolicy.http.delay(beforeRetry: $0) }
    #expect(http == [.seconds(20), .seconds(20), .seconds(20), nil])
  }

  @Test("An endpoint that never answers is given up after the last retry, dropped or kept")
  func givesUp() {
    for keeps in [false, true] {
      let policy = SNSDeliveryPolicy(
        numNoDelayRetries: 1, numRetries: 2, minDelayTarget: .seconds(5),
        maxDelayTarget: .seconds(5))
      var topic = Topic(
        subscriptions: [SNSSubscription(policy: policy, hasDeadLetterQueue: keeps)],
        responseTimeout: .seconds(10))
      var starts: [Instant] = []
      var end: Instant?
      var now = Instant.zero
      var outputs = topic.step(.publish(SNSEntry("a"), request: 0), at: now)
      while end == nil {
        var next: Instant?
        for output in outputs {
          switch output {
          case .deliver: starts.append(now)
          case .gaveUp(_, _, let isKept, let attempts):
            #expect(isKept == keeps && attempts == 3)
            end = now
          case .wakeMe(let instant): next = instant
          case .published, .refused: break
          }
        }
        now = next ?? now
        outputs = topic.step(.wake, at: now)
        #expect(topic.checkInvariants() == nil)
      }
      #expect(starts == [.zero, .zero + .seconds(10), .zero + .seconds(25)])
      #expect(end == .zero + .seconds(35))
    }
  }

  @Test("A filter policy needs every name and one condition of each")
  func filters() {
    let policy = SNSFilterPolicy([
      .init("type", [.equals("placed"), .prefix("paid")]),
      .init("amount", [.numeric(above: 100, upTo: nil)]),
    ])
    let big = SNSAttribute.number(101)
    #expect(policy.accepts(["type": .text("placed"), "amount": big]))
    #expect(policy.accepts(["type": .text("paid-late"), "amount": big, "x": .text("y")]))
    #expect(!policy.accepts(["type": .text("shipped"), "amount": big]))
    #expect(!policy.accepts(["type": .text("placed"), "amount": .number(100)]))
    #expect(!policy.accepts(["type": .text("placed")]))
    #expect(policy.accepts(["type": .list(["x", "placed"]), "amount": big]))
    let other = SNSFilterPolicy([.init("type", [.anythingBut(["test"])])])
    #expect(other.accepts(["type": .text("placed")]))
    #expect(!other.accepts(["type": .text("test")]) && !other.accepts([:]))
    #expect(SNSFilterPolicy([.init("type", [.exists(false)])]).accepts([:]))
  }

  @Test("Each subscription whose filter fits gets a copy")
  func fanOut() {
    let filter = SNSFilterPolicy([.init("type", [.equals("b")])])
    var topic = Topic(subscriptions: [SNSSubscription(), SNSSubscription(filter: filter)])
    var targets: [Int] = []
    for type in ["a", "b"] {
      let entry = SNSEntry(type, attributes: ["type": .text(type)])
      for case .deliver(_, _, let target, _) in topic.step(
        .publish(entry, request: 0), at: .zero)
      {
        targets.append(target)
      }
    }
    #expect(targets == [0, 0, 1])
    #expect(topic.counts.filtered == 1)
  }

  @Test("A FIFO topic delivers a group one by one, and takes equal ids within five minutes for one")
  func fifo() {
    var topic = Topic(subscriptions: [SNSSubscription()], isFifo: true)
    func publish(_ body: String, _ group: String, _ id: String, at now: Instant) -> [String] {
      let entry = SNSEntry(body, group: group, deduplication: id)
      return topic.step(.publish(entry, request: 0), at: now).compactMap { output in
        if case .deliver(_, let entry, _, _) = output { entry.body } else { nil }
      }
    }
    #expect(publish("a1", "a", "1", at: .zero) == ["a1"])
    #expect(publish("a2", "a", "2", at: .zero) == [])
    #expect(publish("b1", "b", "3", at: .zero) == ["b1"])
    #expect(publish("a1", "a", "1", at: .zero + .seconds(299)) == ["a1", "b1"])
    #expect(topic.counts.duplicates == 1)
    let next = topic.step(.delivered(0), at: .zero + .seconds(299))
    let bodies = next.compactMap { output in
      if case .deliver(_, let entry, _, _) = output { entry.body } else { nil }
    }
    #expect(bodies == ["a2"])
    _ = publish("a1", "a", "1", at: .zero + .seconds(300))
    #expect(topic.counts.published == 4)
    #expect(topic.checkInvariants() == nil)
  }

  @Test(
    "Whatever endpoints answer, every copy is delivered, kept or dropped, in order on FIFO topics",
    arguments: 1...40 as ClosedRange<UInt64>)
  func anyAnswers(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "answers")
    let isFifo = random.chance(0.5)
    // Where a topic gives up, an endpoint may still take a late attempt, after its successors.
    let policy =
      isFifo
      ? SNSDeliveryPolicy.awsManaged
      : SNSDeliveryPolicy(
        numNoDelayRetries: 1, numRetries: 4, minDelayTarget: .seconds(2),
        maxDelayTarget: .seconds(9))
    var topic = Topic(
      subscriptions: [
        SNSSubscription(policy: policy), SNSSubscription(policy: policy, hasDeadLetterQueue: true),
      ], isFifo: isFifo)
    var now = Instant.zero
    var due: Instant?
    var taken: [String: [Int]] = [:]
    var violation: InvariantViolation?
    func step(_ input: Topic.Input) {
      for output in topic.step(input, at: now) {
        switch output {
        case .deliver(let copy, let entry, let target, _):
          pending.append((copy, "\(target)/\(entry.group ?? "")", Int(entry.body) ?? 0))
        case .wakeMe(let instant): due = instant
        case .published, .refused, .gaveUp: break
        }
      }
      violation = violation ?? topic.checkInvariants()
    }
    var pending: [(copy: Int, lane: String, number: Int)] = []
    for number in 0..<40 {
      let entry = SNSEntry("\(number)", group: "g\(number % 3)", deduplication: "\(number)")
      step(.publish(entry, request: number))
      now += .milliseconds(Int64(random.below(3_000)))
    }
    var steps = 0
    while !pending.isEmpty || topic.pending(of: 0) + topic.pending(of: 1) > 0, steps < 5_000 {
      steps += 1
      if pending.isEmpty || random.chance(0.2) {
        now = max(now, due ?? now)
        step(.wake)
        continue
      }
      let answer = pending.remove(at: random.below(pending.count))
      if random.chance(0.6) {
        taken[answer.lane, default: []].append(answer.number)
        step(.delivered(answer.copy))
      } else if random.chance(0.7) {
        step(.failed(answer.copy))
      }
    }
    #expect(topic.pending(of: 0) + topic.pending(of: 1) == 0)
    #expect(violation == nil)
    if isFifo { #expect(topic.counts.delivered == 80) }
    if isFifo {
      for lane in taken.values {
        var firsts: [Int] = []
        for number in lane where !firsts.contains(number) { firsts.append(number) }
        #expect(firsts == firsts.sorted())
      }
    }
  }
}
