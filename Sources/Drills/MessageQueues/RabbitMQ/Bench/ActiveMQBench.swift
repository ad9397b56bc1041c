import Kernel
import Patterns
import Presentation

/// An ActiveMQ queue and one consumer's client under commands: prefetch and redelivery.
///
/// `commit` and `rollback` say how the listener's work on its next message ends; the client does
/// the rest. The clock stands still until `tick`.
public struct ActiveMQBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings = Settings(ActiveMQPreset.tool.knobs)
  private var lab = RabbitBench()
  private var client: ActiveMQConsumer
  private var published = 0
  private var committed = 0
  private var rolledBack = 0
  private var poisoned = 0
  private var lastWait: TimeSpan?

  /// A fresh bench.
  public init() {
    client = Self.client(settings)
    subscribe()
  }

  private static func client(_ settings: Settings) -> ActiveMQConsumer {
    ActiveMQConsumer(
      ActiveMQPreset.policy(settings), random: RandomStream(seed: 1, name: "bench/activemq"))
  }

  /// The names that commands take: there are none.
  public var parts: [String] { [] }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Redelivery and poison are decided by the client, with the rules of RedeliveryPolicy.java "
          + "and ActiveMQMessageConsumer.java."
      ],
      leavesOut: ActiveMQPreset.tool.leavesOut,
      sources: [
        "github.com/apache/activemq activemq-client/src/main/java/org/apache/activemq/"
          + "RedeliveryPolicy.java, ActiveMQMessageConsumer.java, ActiveMQPrefetchPolicy.java",
        "github.com/apache/activemq activemq-broker/.../SharedDeadLetterStrategy.java",
      ])
  }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "send", usage: "send [COUNT]", example: "send 3", "Sends messages to the queue."),
      BenchCommand(
        "commit", usage: "commit", example: "send; commit",
        "The listener's work on its next message succeeds."),
      BenchCommand(
        "rollback", usage: "rollback", example: "send; rollback",
        "The listener's work on its next message fails and is rolled back."),
      BenchCommand(
        "kill", usage: "kill", example: "send 3; kill",
        "The client's process dies and starts again: the broker dispatches what it held again."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 1s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows queue, client and DLQ."),
    ]
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { lab.checkInvariants() }

  /// Turns knobs: client and queue begin anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let now = lab.now
    settings = changed
    lab = RabbitBench()
    lab.now = now
    client = Self.client(settings)
    subscribe()
    return Document([.text("The client connects anew, with these policies and an empty queue.")])
  }

  private mutating func subscribe() {
    lab.connections += 1
    let channel = RabbitChannelID(client: NodeID(2), connection: lab.connections)
    lab.consumers = [
      .init(name: "client", queue: "orders", channel: channel, isAutoAck: false)
    ]
    lab.ask(.open, on: channel)
    lab.ask(.qos(prefetch: settings.integer("queuePrefetch"), isGlobal: false), on: channel)
    lab.ask(.consume(queue: "orders", tag: "client", autoAck: false), on: channel)
    takeDispatched()
  }

  /// Hands the client what the broker has sent.
  private mutating func takeDispatched() {
    let known = Set(client.prefetched.map(\.tag))
    for delivery in lab.consumers[0].held where !known.contains(delivery.tag) {
      client.take(.init(tag: delivery.tag, body: delivery.message.body))
    }
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "send": try send(line)
    case "commit":
      _ = try listener()
      if let tag = client.commit() { settle(.ack(tag, multiple: false), tag) }
      committed += 1
    case "rollback":
      _ = try listener()
      rolledBack += 1
      if let tag = client.rollBack(at: lab.now) {
        poisoned += 1
        settle(.reject(tag, requeue: false), tag)
      } else {
        lastWait = client.pausedUntil.map { $0 - lab.now }
      }
    case "kill":
      let channel = lab.consumers[0].channel
      lab.feed(.disconnected(channel.client, upTo: channel.connection))
      client = Self.client(settings)
      subscribe()
    case "tick": lab.pass(try lab.span(line, 0))
    default: break
    }
    takeDispatched()
    return state
  }

  private mutating func send(_ line: BenchLine) throws(Diagnostic) {
    let text = line.arguments.first ?? "1"
    let count = try lab.count(line, 0, of: Int(text) ?? 0)
    for _ in 0..<count {
      published += 1
      let message = RabbitMessage("m\(published)", routingKey: "orders")
      lab.ask(.publish(message, isMandatory: false), on: RabbitBench.publisher)
    }
  }

  /// The message that the listener works on now.
  private func listener() throws(Diagnostic) -> ActiveMQConsumer.Dispatched {
    if let message = client.next(at: lab.now) { return message }
    if let until = client.pausedUntil, !client.prefetched.isEmpty {
      throw Diagnostic(
        "The client waits until \(until) before it delivers anything again.",
        found: "\(lab.now)", expected: "tick \(until - lab.now)")
    }
    throw Diagnostic(
      "The listener has no message.", found: "an empty client", expected: "send first")
  }

  private mutating func settle(_ method: RabbitMethod, _ tag: Int) {
    lab.consumers[0].held.removeAll { $0.tag == tag }
    lab.ask(method, on: lab.consumers[0].channel)
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let pause = client.pausedUntil.map { max(.zero, $0 - lab.now) } ?? .zero
    return [
      count("waiting", lab.broker.queue("orders")?.waitingCount ?? 0),
      count("prefetched", client.prefetched.count),
      count("dlq", lab.broker.queue("dead")?.waitingCount ?? 0),
      count("committed", committed),
      count("rolled_back", rolledBack),
      count("poisoned", poisoned),
      count("redeliveries", client.prefetched.first?.redeliveries ?? 0),
      Measurement("wait", pause.seconds, .seconds),
      Measurement("last_wait", lastWait?.seconds, .seconds),
      Measurement("clock", lab.now.seconds, .seconds),
    ]
  }

  private var state: Document {
    var reply = Document()
    let waiting = lab.broker.queue("orders")?.waitingCount ?? 0
    let dead = lab.broker.queue("dead")?.waitingCount ?? 0
    reply.add(
      Text("\(lab.now)   ") + .strong("queue")
        + Text(": \(waiting) waiting; client holds \(client.prefetched.count); ")
        + Text("\(ActiveMQPreset.deadLetterQueue): \(dead)"))
    guard let first = client.prefetched.first else { return reply }
    if let until = client.pausedUntil, until > lab.now {
      reply.add(
        .toned("\(first.body) was rolled back \(first.redeliveries) times", .accent)
          + Text(" and is delivered again in \(until - lab.now); later messages wait behind it"))
    } else {
      let again = first.redeliveries > 0 ? ", redelivery \(first.redeliveries)" : ""
      reply.add(Text("the listener has \(first.body)\(again)"))
    }
    return reply
  }
}
