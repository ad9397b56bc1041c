import Kernel
import Simulation
import Verification

extension StreamUniverse {
  mutating func take(_ answer: StreamAnswer, from node: NodeID) {
    switch answer {
    case .confirmed(let number): meters.history.confirm(number, at: now)
    case .refused(let number):
      meters.history.refuse(number, at: now)
      let fact = Fact("refused", "message \(number) is refused: the stream is full")
      story.tell(node, fact, of: number, in: &cluster)
    case .retried(let number, let attempt):
      tally.retries += 1
      let fact = Fact("sent-again", "sends message \(number) for the \(Self.ordinal(attempt)) time")
      story.tell(node, fact, of: number, blaming: setup.brokers[0], in: &cluster)
    case .handed(let item):
      let subscription = setup.subscription(of: node)
      tally.hand(item.number, at: subscription)
      meters.history.handle(
        item.number, .received, by: node.index, subscription: subscription, at: now)
    case .begins(let item, let tag): begin(item, tag, by: node)
    case .applied(let number): apply(number, by: node)
    case .dropped(let number):
      tally.dropped += 1
      let fact = Fact(
        "dropped", "drops message \(number): its buffer is full", weight: .harm)
      story.tell(node, fact, of: number, in: &cluster)
    case .repeated(let number):
      tally.repeated += 1
      let fact = Fact("deduplicated", "knows the id of message \(number) and stores nothing")
      story.tell(node, fact, of: number, in: &cluster)
    case .discarded(let count):
      tally.discarded += count
      let fact = Fact("discarded", "removes the oldest message: the stream is at its limit")
      story.tell(node, fact, in: &cluster)
    case .timedOut(let number, let deliveries): timedOut(number, deliveries, in: node)
    case .givenUp(let number, let deliveries):
      tally.givenUp += 1
      let fact = Fact(
        "given-up", "gives message \(number) up after \(deliveries) deliveries", weight: .harm)
      story.tell(node, fact, of: number, in: &cluster)
    case .claimed(let numbers, let worker): claimed(numbers, by: worker, in: node)
    case .cutOff(let client, let unread):
      tally.cutOffs += 1
      let fact = Fact(
        "cut-off", "closes the connection to \(story.name(client)) with \(unread) bytes unread",
        weight: .harm)
      story.tell(node, fact, blaming: client, in: &cluster)
    case .promoted(let server):
      tally.failovers += 1
      let old = setup.brokers.first { $0 != server } ?? server
      let fact = Fact("promoted", "makes \(story.name(server)) the primary")
      story.tell(node, fact, blaming: old, in: &cluster)
    case .overwritten(let numbers):
      tally.overwritten += numbers.count
      let fact = Fact(
        "overwritten",
        "takes the new primary's data and drops \(numbers.count) messages that only it had, "
          + "message \(numbers.first ?? 0) first", weight: .harm)
      story.tell(node, fact, of: numbers.first, in: &cluster)
    }
  }

  private static func ordinal(_ number: Int) -> String {
    switch number {
    case 2: "2nd"
    case 3: "3rd"
    default: "\(number)th"
    }
  }

  /// A worker begins to work: how long it takes is the message's and the attempt's.
  private mutating func begin(_ item: StreamItem, _ tag: Int, by worker: NodeID) {
    let purpose = "work"
    var random = RandomStream(
      seed: seed, name: "\(setup.name)/\(purpose)/\(item.number)/\(item.count)")
    let span = setup.work.sample(&random) * cluster.environment.processes.slowdown(worker)
    let copy = StreamTally.Copy(
      number: item.number, subscription: setup.subscription(of: worker))
    working[copy] = (worker, cluster.environment.processes.incarnation(worker))
    setAlarm(.work(worker, tag: tag, number: item.number), at: now + span)
  }

  private mutating func apply(_ number: Int, by worker: NodeID) {
    let copy = StreamTally.Copy(number: number, subscription: setup.subscription(of: worker))
    let isNew = applied.insert(copy).inserted
    if !isNew, setup.deduplicates {
      let fact = Fact(
        "recognised", "has done message \(number) before and changes nothing", weight: .recovery)
      story.tell(worker, fact, of: number, in: &cluster)
      return
    }
    meters.history.handle(
      number, .applied, by: worker.index, subscription: copy.subscription, at: now)
    guard !isNew else { return }
    let fact = Fact("applied-again", "carries message \(number) out again", weight: .harm)
    story.tell(worker, fact, of: number, in: &cluster)
  }

  /// The worker of another hand-out that is still at it, or nil.
  private func busy(on number: Int, besides worker: NodeID? = nil) -> NodeID? {
    for subscription in 0..<setup.services {
      let copy = StreamTally.Copy(number: number, subscription: subscription)
      let isOwn = worker.map { setup.subscription(of: $0) == subscription } ?? true
      guard isOwn, let (other, life) = working[copy], other != worker else { continue }
      let processes = cluster.environment.processes
      if !processes.isDown(other), processes.incarnation(other) == life { return other }
    }
    return nil
  }

  private mutating func timedOut(_ number: Int, _ deliveries: Int, in broker: NodeID) {
    tally.timedOut += 1
    if let worker = busy(on: number) {
      let fact = Fact(
        "ack-timeout",
        "hands message \(number) out again while \(story.name(worker)) works on it")
      story.tell(broker, fact, of: number, in: &cluster)
    } else {
      let fact = Fact(
        "ack-timeout", "hands message \(number) out again: nobody acknowledged it")
      story.tell(broker, fact, of: number, in: &cluster)
    }
  }

  private mutating func claimed(_ numbers: [Int], by worker: NodeID, in broker: NodeID) {
    tally.claimed += numbers.count
    for number in numbers {
      if let other = busy(on: number, besides: worker) {
        tally.claimedAlive += 1
        let fact = Fact(
          "claimed-alive",
          "takes message \(number) over while \(story.name(other)) works on it", weight: .harm)
        story.tell(worker, fact, of: number, in: &cluster)
      } else {
        let fact = Fact("claimed", "takes message \(number) over", weight: .recovery)
        story.tell(worker, fact, of: number, in: &cluster)
      }
    }
  }

  /// What the run came to.
  mutating func outcome(_ invariants: [Invariant], _ own: [Measurement]) -> Outcome {
    let end = now
    let setup = setup
    let findings = meters.findings(
      name: { "message \($0.number) of key \($0.key ?? 0)" },
      consumer: { setup.roster.names[$0] })
    story.tellLosses(findings, in: &cluster)
    let step = max(TimeSpan.seconds(1), (setup.end - .zero) / 200)
    return Outcome(
      measurements: meters.measurements + own, series: meters.series(until: end, step: step),
      verdicts: [InvariantVerdict](invariants.map(\.name), violation), findings: findings,
      trace: cluster.environment.trace, duration: end - .zero)
  }
}
