import Kernel
import Patterns
import Presentation

extension RabbitBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "publish",
        usage: "publish QUEUE|EXCHANGE/KEY [COUNT] [ttl=TIME] [priority=N] "
          + "[mandatory] [transient]", example: "publish orders 5",
        "Publishes messages, each confirmed by the broker, and names them m1, m2 and so on."),
      BenchCommand(
        "consume", usage: "consume QUEUE NAME [auto]", example: "consume orders ann",
        "Makes a consumer; with 'auto' a delivery is settled when it is sent."),
      BenchCommand(
        "ack", usage: "ack NAME [COUNT|all]",
        example: "consume orders ann; publish orders; ack ann",
        "Acknowledges the oldest deliveries that a consumer holds."),
      BenchCommand(
        "nack", usage: "nack NAME [COUNT|all]",
        example: "consume orders ann; publish orders; nack ann",
        "Puts the oldest deliveries that a consumer holds back into the queue."),
      BenchCommand(
        "reject", usage: "reject NAME [COUNT|all]",
        example: "consume orders ann; publish orders; reject ann",
        "Gives the oldest deliveries that a consumer holds up, without requeue."),
      BenchCommand(
        "cancel", usage: "cancel NAME", example: "consume orders ann; cancel ann",
        "Ends a consumer in good order: it keeps what it holds."),
      BenchCommand(
        "kill", usage: "kill NAME", example: "consume orders ann; kill ann",
        "Ends a consumer's process: its connection closes, what it holds goes back."),
      BenchCommand(
        "exchange", usage: "exchange NAME direct|fanout|topic", example: "exchange news topic",
        "Declares an exchange."),
      BenchCommand(
        "declare", usage: "declare QUEUE", example: "declare audit",
        "Declares another queue, with the arguments that the knobs say."),
      BenchCommand(
        "bind", usage: "bind EXCHANGE QUEUE [KEY]", example: "bind amq.topic orders eu.#",
        "Binds a queue to an exchange."),
      BenchCommand("purge", usage: "purge QUEUE", example: "purge orders", "Empties a queue."),
      BenchCommand(
        "crash", usage: "crash", example: "publish orders; crash",
        "Kills the broker and starts it again from its disk."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 5s", "Lets time pass."),
      BenchCommand(
        "show", usage: "show [QUEUE]", example: "show orders", "Shows a queue, or everything."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    news = []
    counters.lastDelivered = 0
    switch line.name {
    case "publish": try publish(line)
    case "consume": try consume(line)
    case "ack", "nack", "reject": try settle(line)
    case "cancel", "kill": try end(line)
    case "exchange": try declareExchange(line)
    case "declare": try declareQueue(line)
    case "bind": try bind(line)
    case "purge": ask(.purge(try queue(line, 0)), on: Self.publisher)
    case "crash": crash()
    case "tick": pass(try span(line, 0))
    default: return try show(line)
    }
    return reply
  }

  private mutating func publish(_ line: BenchLine) throws(Diagnostic) {
    let target = try word(line, 0, "a queue, or an exchange and a key as in amq.topic/eu.order")
    let sides = target.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
    let exchange = sides.count == 2 ? String(sides[0]) : ""
    let key = sides.count == 2 ? String(sides[1]) : target
    if exchange.isEmpty {
      _ = try queue(line, 0)
    } else if broker.routing.exchange(exchange) == nil {
      throw .unknown(
        "exchange", exchange, known: broker.routing.exchanges.map(\.name), column: line.column(0))
    }
    var count = 1
    var options = PublishOptions()
    for index in line.arguments.indices.dropFirst() {
      if let number = Int(line.arguments[index]) {
        count = try self.count(line, index, of: number)
      } else {
        try options.read(line, index)
      }
    }
    for _ in 0..<count {
      published += 1
      let message = RabbitMessage(
        "m\(published)", to: exchange, routingKey: key, bodyBytes: 100,
        priority: options.priority, expiration: options.ttl, isPersistent: options.isPersistent)
      counters.lastRouted =
        broker.routing.queues(for: message, has: { broker.queueNames.contains($0) }).count
      ask(.publish(message, isMandatory: options.isMandatory), on: Self.publisher)
    }
  }

  struct PublishOptions {
    var ttl: TimeSpan?
    var priority: Int?
    var isMandatory = false
    var isPersistent = true

    mutating func read(_ line: BenchLine, _ index: Int) throws(Diagnostic) {
      let text = line.arguments[index]
      if text == "mandatory" {
        isMandatory = true
      } else if text == "transient" {
        isPersistent = false
      } else if text.hasPrefix("ttl="), let span = TimeSpan(text: String(text.dropFirst(4))),
        span >= .zero
      {
        ttl = span
      } else if text.hasPrefix("priority="), let value = Int(text.dropFirst(9)),
        (0...255).contains(value)
      {
        priority = value
      } else {
        throw Diagnostic(
          "'\(text)' says nothing about a message.", column: line.column(index), found: text,
          expected: "a number of messages, ttl=TIME, priority=N, mandatory or transient",
          suggestion: NearestWord.nearest(to: text, in: ["mandatory", "transient"]))
      }
    }
  }

  private mutating func consume(_ line: BenchLine) throws(Diagnostic) {
    let queue = try queue(line, 0)
    let name = try word(line, 1, "a name for the consumer")
    if consumers.contains(where: { $0.name == name }) {
      throw Diagnostic(
        "There is a consumer called '\(name)' already.", column: line.column(1), found: name,
        expected: "another name")
    }
    let isAuto = line.arguments.count > 2 && line.arguments[2] == "auto"
    if line.arguments.count > 2, !isAuto {
      throw Diagnostic(
        "'\(line.arguments[2])' is no way to acknowledge.", column: line.column(2),
        found: line.arguments[2], expected: "auto, or nothing", suggestion: "auto")
    }
    let channel = newChannel()
    consumers.append(
      BenchConsumer(name: name, queue: queue, channel: channel, isAutoAck: isAuto))
    ask(.open, on: channel)
    ask(.qos(prefetch: settings.integer("prefetch"), isGlobal: false), on: channel)
    ask(.consume(queue: queue, tag: name, autoAck: isAuto), on: channel)
  }

  private mutating func settle(_ line: BenchLine) throws(Diagnostic) {
    let place = try consumer(line)
    let held = consumers[place].held.count
    guard held > 0 else {
      throw Diagnostic(
        "\(consumers[place].name) holds nothing to settle.", found: line.text,
        expected: "a consumer that holds a delivery")
    }
    var count = 1
    if line.arguments.count > 1 {
      let text = line.arguments[1]
      count = text == "all" ? held : try self.count(line, 1, of: Int(text) ?? 0)
    }
    for delivery in consumers[place].held.prefix(count) {
      let method: RabbitMethod =
        switch line.name {
        case "ack": .ack(delivery.tag, multiple: false)
        case "nack": .nack(delivery.tag, multiple: false, requeue: true)
        default: .reject(delivery.tag, requeue: false)
        }
      consumers[place].held.removeAll { $0.tag == delivery.tag }
      ask(method, on: consumers[place].channel)
    }
  }

  private mutating func end(_ line: BenchLine) throws(Diagnostic) {
    let place = try consumer(line)
    let channel = consumers[place].channel
    if line.name == "cancel" {
      ask(.cancel(tag: consumers[place].name), on: channel)
      if consumers[place].held.isEmpty { consumers.remove(at: place) }
      return
    }
    consumers.remove(at: place)
    feed(.disconnected(channel.client, upTo: channel.connection))
  }

  private mutating func declareExchange(_ line: BenchLine) throws(Diagnostic) {
    let name = try word(line, 0, "a name")
    let kinds = ["direct", "fanout", "topic"]
    let word = try word(line, 1, "one of: \(kinds.joined(separator: ", "))")
    guard kinds.contains(word), let kind = RabbitExchange.Kind(rawValue: word) else {
      throw .unknown("kind of exchange", word, known: kinds, column: line.column(1))
    }
    if let existing = broker.routing.exchange(name), existing.kind != kind {
      throw Diagnostic(
        "The exchange \(name) is a \(existing.kind.rawValue) exchange.", column: line.column(1),
        found: word, expected: existing.kind.rawValue)
    }
    ask(.declareExchange(RabbitExchange(name, kind)), on: Self.publisher)
  }

  private mutating func declareQueue(_ line: BenchLine) throws(Diagnostic) {
    let name = try word(line, 0, "a name")
    let arguments = RabbitPreset.arguments(settings)
    if let existing = broker.arguments(of: name), existing != arguments {
      throw Diagnostic(
        "The queue \(name) exists with other arguments.", column: line.column(0), found: name,
        expected: "another name")
    }
    ask(.declareQueue(name, arguments), on: Self.publisher)
  }

  private mutating func bind(_ line: BenchLine) throws(Diagnostic) {
    let exchange = try word(line, 0, "an exchange")
    guard broker.routing.exchange(exchange) != nil else {
      throw .unknown(
        "exchange", exchange, known: broker.routing.exchanges.map(\.name), column: line.column(0))
    }
    let queue = try queue(line, 1)
    let key = line.arguments.count > 2 ? line.arguments[2] : ""
    ask(.bind(RabbitBinding(exchange, to: .queue(queue), key: key)), on: Self.publisher)
  }
}
