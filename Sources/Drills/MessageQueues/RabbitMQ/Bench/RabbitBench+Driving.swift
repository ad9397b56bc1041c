import Kernel
import Patterns
import Presentation

extension RabbitBench {
  /// Asks the broker for something over a channel.
  mutating func ask(_ method: RabbitMethod, on channel: RabbitChannelID) {
    feed(.received(method, on: channel))
  }

  /// Gives the broker an input and does what it asks for.
  mutating func feed(_ input: RabbitBroker.Input) {
    for output in broker.step(input, at: now) {
      switch output {
      case .reply(let reply, let channel): take(reply, on: channel)
      case .persist(let record), .write(let record): disk.apply(record)
      case .wakeMe(let instant): wakes.append(instant)
      case .entered(let fact): note(fact)
      case .send: break
      }
    }
  }

  /// Lets time pass, with every wake-up on the way.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let next = wakes.filter({ $0 <= end }).min() {
      wakes.removeAll { $0 <= next }
      now = max(now, next)
      feed(.wake)
    }
    now = end
  }

  private mutating func take(_ reply: RabbitReply, on channel: RabbitChannelID) {
    switch reply {
    case .confirmed: counters.confirmed += 1
    case .refused(let number):
      counters.refused += 1
      news.append(.toned("publish \(number) is refused: the queue is full", .bad))
    case .returned(_, let code, let text):
      counters.returned += 1
      news.append(.toned("returned to the publisher: \(code) \(text)", .bad))
    case .deliver(let delivery): deliver(delivery, on: channel)
    case .closed(let closure): news.append(.toned("channel closed: \(closure.text)", .bad))
    case .done, .queueDeclared, .purged, .consuming, .cancelled, .got, .empty, .heartbeat: break
    }
  }

  private mutating func deliver(_ delivery: RabbitDelivery, on channel: RabbitChannelID) {
    counters.delivered += 1
    counters.lastDelivered += 1
    if delivery.isRedelivered { counters.redelivered += 1 }
    guard let place = consumers.firstIndex(where: { $0.channel == channel }) else { return }
    if !consumers[place].isAutoAck { consumers[place].held.append(delivery) }
    var line = Text("\(consumers[place].name) gets \(delivery.message.body)")
    if delivery.isRedelivered { line = line + .toned(", redelivered", .accent) }
    if let count = delivery.deliveryCount { line = line + Text(", x-delivery-count \(count)") }
    news.append(line)
  }

  private mutating func note(_ fact: RabbitFact) {
    switch fact {
    case .died(let queue, let entry, let reason):
      counters.died[reason, default: 0] += 1
      news.append(
        Text("\(now)   ")
          + .toned("\(entry.message.body) dies in \(queue): \(reason.rawValue)", .bad))
    case .deadEnd(_, let entry):
      news.append(.toned("\(entry.message.body) goes nowhere: it is dropped", .bad))
    case .returned(let queue, let entry):
      news.append(Text("\(entry.message.body) is back in \(queue)"))
    case .restored(let queue, let messages):
      news.append(Text("\(queue) comes back from disk with \(messages) messages"))
    case .entered, .full, .closed, .lost: break
    }
  }

  /// Ends the broker's process and starts it again from its disk; every connection is gone.
  mutating func crash() {
    let before = broker.queueNames.reduce(0) { sum, name in
      sum + (broker.queue(name).map { $0.waitingCount + $0.heldCount } ?? 0)
    }
    life += 1
    wakes = []
    consumers = []
    broker = RabbitBroker(
      NodeID(0), disk: disk, life: life,
      random: RandomStream(seed: 1, name: "bench/rabbit/\(life)"))
    feed(.started)
    // A quorum queue's only replica needs a moment to elect itself.
    pass(.seconds(3))
    connectPublisher()
    let after = broker.queueNames.reduce(0) { $0 + (broker.queue($1)?.waitingCount ?? 0) }
    counters.lostInCrash += max(0, before - after)
  }

  mutating func newChannel() -> RabbitChannelID {
    connections += 1
    return RabbitChannelID(client: NodeID(1 + connections), connection: 1)
  }
}
