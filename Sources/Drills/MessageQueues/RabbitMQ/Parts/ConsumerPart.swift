import Kernel
import Patterns
import Simulation

/// A process that takes messages from a queue, works on one at a time and acknowledges, or one that
/// reads what was dead-lettered.
struct ConsumerPart: Sendable, Equatable {
  /// A delivery in the process, with the connection that it came by.
  struct InHand: Sendable, Equatable {
    let delivery: RabbitDelivery
    let channel: RabbitChannelID
  }

  /// Whose messages it takes.
  enum Duty: Sendable, Equatable {
    /// Those of the work queues.
    case work
    /// The dead ones.
    case deadLetters
    /// A copy of all from when it comes on, in a queue of its own.
    case news
  }

  let setup: QueueSetup
  let duty: Duty
  private var link: ClientLink
  private var inbox: [InHand] = []
  private(set) var working: InHand?
  private var workEnds: Instant?
  /// Deliveries done but not acknowledged yet.
  private var owed = 0
  private var random: RandomStream

  init(
    _ setup: QueueSetup, me: NodeID, life: Int, duty: Duty, random: RandomStream
  ) {
    self.setup = setup
    self.duty = duty
    self.random = random
    link = ClientLink(
      me: me, life: life, brokers: setup.brokersOfClients, first: me.index,
      heartbeat: setup.heartbeat, start: duty == .news ? setup.newcomerAt ?? .zero : .zero)
  }

  /// How many deliveries are in this process.
  var inHand: Int { inbox.count + (working == nil ? 0 : 1) }

  /// Whether it has nothing to do.
  var isIdle: Bool { working == nil }

  mutating func step(_ input: QueuePart.Input, at now: Instant) -> [QueuePart.Output] {
    var outputs: [QueuePart.Output] = []
    switch input {
    case .started: outputs += link.tick(at: now).outputs
    case .timer:
      if let workEnds, now >= workEnds { finish(&outputs) }
      let (sent, events) = link.tick(at: now)
      outputs += sent
      handle(events, at: now, &outputs)
    case .told(.connectionsReset(let node)):
      handle(link.reset(by: node, at: now), at: now, &outputs)
    case .received(.reply(let number, let reply, let channel), _):
      handle(link.take(number, reply, channel, at: now), at: now, &outputs)
    case .received, .told: break
    }
    begin(at: now, &outputs)
    outputs.append(.wakeMe(at: min(link.due, workEnds ?? .distantFuture), timer: 0))
    return outputs
  }

  private mutating func handle(
    _ events: [ClientLink.Event], at now: Instant, _ outputs: inout [QueuePart.Output]
  ) {
    for event in events {
      switch event {
      case .opened: subscribe(&outputs)
      case .broken:
        outputs.append(.answer(.fact(Fact("disconnected", "the connection to the broker broke"))))
        // What needs an acknowledgement is somebody else's now; the rest is still good.
        if !setup.isAutoAck { inbox = [] }
        owed = 0
      case .reply(.deliver(let delivery)): take(delivery, &outputs)
      case .reply(.cancelled):
        outputs.append(.answer(.fact(Fact("cancelled", "the queue has given this consumer up"))))
        handle(link.breakOff(at: now), at: now, &outputs)
      case .reply: break
      }
    }
  }

  private mutating func subscribe(_ outputs: inout [QueuePart.Output]) {
    switch duty {
    case .work: break
    case .deadLetters:
      let method = RabbitMethod.consume(queue: QueueSetup.deadQueue, tag: "reader", autoAck: true)
      outputs.append(link.send(method))
      return
    case .news:
      let queue = QueueSetup.newQueue
      outputs.append(link.send(.declareQueue(queue, RabbitQueueArguments())))
      outputs.append(link.send(.bind(RabbitBinding(setup.exchange, to: .queue(queue)))))
      outputs.append(link.send(.consume(queue: queue, tag: queue, autoAck: true)))
      return
    }
    outputs.append(link.send(.qos(prefetch: setup.prefetch, isGlobal: false)))
    for queue in setup.workQueues {
      outputs.append(
        link.send(.consume(queue: queue, tag: queue, autoAck: setup.isAutoAck)))
    }
  }

  private mutating func take(_ delivery: RabbitDelivery, _ outputs: inout [QueuePart.Output]) {
    guard let number = QueueItem.number(of: delivery.message) else { return }
    switch duty {
    case .work: break
    case .deadLetters: return outputs.append(.answer(.setAside(number)))
    case .news: return outputs.append(.answer(.applied(number)))
    }
    outputs.append(.answer(.received(number, isRedelivered: delivery.isRedelivered)))
    inbox.append(InHand(delivery: delivery, channel: link.channel))
  }

  /// Begins with the next delivery.
  private mutating func begin(at now: Instant, _ outputs: inout [QueuePart.Output]) {
    guard working == nil, !inbox.isEmpty else { return }
    let next = inbox.removeFirst()
    working = next
    workEnds = now + (setup.slow.draw(&random) ?? setup.work * (0.5 + random.unit()))
    if !setup.isAutoAck, setup.acksBeforeWork { settle(next, isGood: true, &outputs) }
  }

  private mutating func finish(_ outputs: inout [QueuePart.Output]) {
    workEnds = nil
    guard let done = working else { return }
    working = nil
    guard let number = QueueItem.number(of: done.delivery.message) else { return }
    let isGood =
      !QueueItem.isPoison(done.delivery.message) && !random.chance(setup.failureShare)
    outputs.append(.answer(isGood ? .applied(number) : .failed(number)))
    if setup.isAutoAck || setup.acksBeforeWork { return }
    settle(done, isGood: isGood, &outputs)
  }

  /// Acknowledges, in batches if so set, or says that the work failed.
  private mutating func settle(
    _ done: InHand, isGood: Bool, _ outputs: inout [QueuePart.Output]
  ) {
    // An acknowledgement goes the way that the delivery came, or nowhere.
    guard link.isOpen, done.channel == link.channel else { return }
    let tag = done.delivery.tag
    guard isGood || setup.onFailure == .drop else {
      let requeues = setup.onFailure == .requeue
      outputs.append(link.send(.nack(tag, multiple: false, requeue: requeues)))
      return
    }
    owed += 1
    guard owed >= setup.ackBatch || inbox.isEmpty else { return }
    outputs.append(link.send(.ack(tag, multiple: owed > 1)))
    owed = 0
  }
}
