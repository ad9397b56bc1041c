import Kernel
import Patterns
import Simulation

/// A process that publishes what it is given, with or without confirmations and retries.
struct ProducerPart: Sendable, Equatable {
  struct Flying: Sendable, Equatable {
    let sequence: Int
    let item: QueueItem
    let since: Instant
  }

  struct Resting: Sendable, Equatable {
    let item: QueueItem
    let until: Instant
  }

  let setup: QueueSetup
  private var link: ClientLink
  /// What has not been sent, oldest first.
  private(set) var outbox: [QueueItem] = []
  /// What was sent and has no confirmation.
  private var flying: [Flying] = []
  /// What was refused and is tried again later.
  private var resting: [Resting] = []
  private var sequence = 0

  init(_ setup: QueueSetup, me: NodeID, life: Int) {
    self.setup = setup
    link = ClientLink(
      me: me, life: life, brokers: setup.brokersOfClients, first: me.index,
      heartbeat: setup.heartbeat)
  }

  /// Messages that this producer still has to bring home.
  var backlog: Int { outbox.count + flying.count + resting.count }

  mutating func step(_ input: QueuePart.Input, at now: Instant) -> [QueuePart.Output] {
    var outputs: [QueuePart.Output] = []
    switch input {
    case .started: outputs.append(link.connect(at: now))
    case .timer: tick(at: now, &outputs)
    case .told(.publish(let item)): outbox.append(item)
    case .told(.connectionsReset(let node)):
      handle(link.reset(by: node, at: now), at: now, &outputs)
    case .received(.reply(let number, let reply, let channel), _):
      handle(link.take(number, reply, channel, at: now), at: now, &outputs)
    case .received: break
    }
    pump(at: now, &outputs)
    outputs.append(.wakeMe(at: nextWake, timer: 0))
    return outputs
  }

  private var nextWake: Instant {
    var due = link.due
    if let rested = resting.map(\.until).min() { due = min(due, rested) }
    if let oldest = flying.first?.since { due = min(due, oldest + setup.confirmTimeout) }
    return due
  }

  private mutating func tick(at now: Instant, _ outputs: inout [QueuePart.Output]) {
    let (sent, events) = link.tick(at: now)
    outputs += sent
    handle(events, at: now, &outputs)
    outbox += resting.filter { $0.until <= now }.map(\.item)
    resting.removeAll { $0.until <= now }
    if link.isOpen, let oldest = flying.first, now - oldest.since >= setup.confirmTimeout {
      let fact = Fact(
        "unconfirmed",
        "no confirmation came for \(setup.confirmTimeout); the connection is given up")
      outputs.append(.answer(.fact(fact)))
      handle(link.breakOff(at: now), at: now, &outputs)
    }
  }

  private mutating func handle(
    _ events: [ClientLink.Event], at now: Instant, _ outputs: inout [QueuePart.Output]
  ) {
    for event in events {
      switch event {
      case .opened:
        sequence = 0
        if setup.confirms { outputs.append(link.send(.confirmSelect)) }
      case .broken:
        outputs.append(.answer(.fact(Fact("disconnected", "the connection to the broker broke"))))
        if setup.producerRetries { outbox = flying.map(\.item) + outbox }
        flying = []
      case .reply(.confirmed(let number)):
        guard let item = land(number) else { continue }
        outputs.append(.answer(.confirmed(item.number)))
      case .reply(.refused(let number)):
        guard let item = land(number) else { continue }
        if setup.producerRetries {
          resting.append(Resting(item: item, until: now + setup.refusalDelay))
        } else {
          outputs.append(.answer(.refused(item.number)))
        }
      case .reply: break
      }
    }
  }

  private mutating func land(_ sequence: Int) -> QueueItem? {
    guard let place = flying.firstIndex(where: { $0.sequence == sequence }) else { return nil }
    return flying.remove(at: place).item
  }

  /// Publishes as much as the connection and the window let through.
  private mutating func pump(at now: Instant, _ outputs: inout [QueuePart.Output]) {
    guard link.isOpen else {
      // Without retries nobody keeps what cannot be sent.
      if !setup.producerRetries { outbox = [] }
      return
    }
    while !outbox.isEmpty, setup.window == 0 || !setup.confirms || flying.count < setup.window {
      let item = outbox.removeFirst()
      sequence += 1
      let message = RabbitMessage(
        "\(item.number)", to: setup.exchange, routingKey: setup.queue(for: item),
        headers: item.isPoison ? [RabbitField("poison", .flag(true))] : [],
        expiration: item.expiration, isPersistent: setup.isPersistent)
      outputs.append(link.send(.publish(message, isMandatory: false)))
      if setup.confirms {
        flying.append(Flying(sequence: sequence, item: item, since: now))
      }
    }
  }
}
