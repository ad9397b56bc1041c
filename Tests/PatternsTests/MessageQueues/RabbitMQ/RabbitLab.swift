import Kernel
import Patterns

/// One broker, its disk and its clients, without a network: requests are carried out at once.
struct RabbitLab {
  var broker: RabbitBroker
  var disk = RabbitDisk()
  var now = Instant.zero
  /// What each channel was told, oldest first.
  var replies: [RabbitChannelID: [RabbitReply]] = [:]
  /// What the broker stated about itself.
  var facts: [RabbitFact] = []
  /// The outputs of the last step, in order.
  var last: [RabbitBroker.Output] = []
  var options: RabbitBrokerOptions
  /// The first invariant that was broken.
  var violation: InvariantViolation?
  private var life = 0
  private var wakes: [Instant] = []

  static let channel = RabbitChannelID(client: NodeID(9))

  init(options: RabbitBrokerOptions = RabbitBrokerOptions()) {
    self.options = options
    broker = RabbitBroker(
      NodeID(0), options: options, random: RandomStream(seed: 1, name: "lab"))
    step(.started)
    open(Self.channel)
  }

  mutating func step(_ input: RabbitBroker.Input) {
    last = broker.step(input, at: now)
    for output in last {
      switch output {
      case .reply(let reply, let channel): replies[channel, default: []].append(reply)
      case .persist(let record), .write(let record): disk.apply(record)
      case .wakeMe(let instant): wakes.append(instant)
      case .entered(let fact): facts.append(fact)
      case .send: break
      }
    }
    violation = violation ?? broker.checkThoroughly()
  }

  /// Lets time pass, with every wake-up that was asked for.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let next = wakes.filter({ $0 <= end }).min() {
      wakes.removeAll { $0 <= next }
      now = max(now, next)
      step(.wake)
    }
    now = end
  }

  /// Ends the process and starts it from its disk; connections are gone.
  mutating func restart() {
    life += 1
    wakes = []
    replies = [:]
    broker = RabbitBroker(
      NodeID(0), disk: disk, options: options, life: life,
      random: RandomStream(seed: 1, name: "lab/\(life)"))
    step(.started)
  }

  mutating func open(_ channel: RabbitChannelID) { _ = ask(.open, on: channel) }

  /// Carries out a request and returns what this channel was told by it.
  @discardableResult
  mutating func ask(
    _ method: RabbitMethod, on channel: RabbitChannelID = RabbitLab.channel
  ) -> [RabbitReply] {
    let before = replies[channel]?.count ?? 0
    step(.received(method, on: channel))
    return Array((replies[channel] ?? []).dropFirst(before))
  }

  /// Fetches one message; nil when there is none.
  mutating func get(
    _ queue: String, autoAck: Bool = false, on channel: RabbitChannelID = RabbitLab.channel
  ) -> (delivery: RabbitDelivery, waiting: Int)? {
    for reply in ask(.get(queue: queue, autoAck: autoAck), on: channel) {
      if case .got(let delivery, let waiting) = reply { return (delivery, waiting) }
    }
    return nil
  }

  /// Publishes to a queue by its name and returns what the publisher was told.
  @discardableResult
  mutating func publish(
    _ body: String, to queue: String, bytes: Int? = nil, priority: Int? = nil,
    expiration: TimeSpan? = nil, isPersistent: Bool = true
  ) -> [RabbitReply] {
    let message = RabbitMessage(
      body, routingKey: queue, bodyBytes: bytes, priority: priority, expiration: expiration,
      isPersistent: isPersistent)
    return ask(.publish(message, isMandatory: false))
  }

  mutating func declare(
    _ name: String, _ arguments: RabbitQueueArguments = RabbitQueueArguments()
  ) {
    ask(.declareQueue(name, arguments))
  }

  /// The deliveries that consumers of a channel were sent.
  func deliveries(on channel: RabbitChannelID = RabbitLab.channel) -> [RabbitDelivery] {
    (replies[channel] ?? []).compactMap { reply in
      if case .deliver(let delivery) = reply { delivery } else { nil }
    }
  }
}
