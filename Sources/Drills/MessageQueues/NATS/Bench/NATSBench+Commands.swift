import Kernel
import Patterns
import Presentation

extension NATSBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "sub", usage: "sub NAME SUBJECT [queue=GROUP]", example: "sub ann orders.>",
        "Subscribes somebody to a subject, alone or as a member of a queue group."),
      BenchCommand(
        "pub", usage: "pub SUBJECT [COUNT] [id=TEXT] [size=BYTES]", example: "pub orders.new 3",
        "Publishes; what is on orders.> is stored in the stream ORDERS, too."),
      BenchCommand(
        "pause", usage: "pause NAME", example: "sub ann orders.>; pause ann",
        "Lets a subscriber stop reading."),
      BenchCommand(
        "resume", usage: "resume NAME", example: "sub ann orders.>; resume ann",
        "Lets it read what waits, and go on."
      ),
      BenchCommand(
        "leave", usage: "leave NAME", example: "sub ann orders.>; leave ann",
        "Closes the connection of a subscriber."
      ),
      BenchCommand(
        "fetch", usage: "fetch [COUNT]", example: "fetch 2",
        "Pulls messages of the stream for the consumer 'work'."),
      BenchCommand(
        "ack", usage: "ack SEQUENCE", example: "ack 1", "Acknowledges a message of the stream."),
      BenchCommand(
        "nak", usage: "nak SEQUENCE [TIME]", example: "nak 1 5s",
        "Gives a message back, to be handed out again at once or after a time."),
      BenchCommand(
        "wpi", usage: "wpi SEQUENCE", example: "wpi 1",
        "Says that work on a message is in progress: its wait begins anew."),
      BenchCommand(
        "term", usage: "term SEQUENCE", example: "term 1",
        "Says that a message is never to be handed out again."),
      BenchCommand(
        "crash", usage: "crash", example: "crash",
        "Crashes the server's machine and starts it again with what was synced."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 30s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows stream, consumer, subscribers."),
      BenchCommand("log", usage: "log [COUNT]", example: "log 10", "Shows what happened."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let before = log.count
    switch line.name {
    case "sub": try subscribe(line)
    case "pub": try publish(line)
    case "pause", "resume": try setReading(line.name == "resume", line)
    case "leave":
      let name = try subscriber(line)
      if let client = subscribers[name]?.client { carryOut(.disconnect(client: client)) }
      subscribers[name] = nil
      say(name, "is gone", nil)
    case "fetch":
      let count = try line.number(line.arguments.first, in: 1...1_000) ?? 1
      fetch(count)
    case "ack": try settle(line, .ack, "acknowledged")
    case "nak":
      let delay = try line.arguments.count > 1 ? line.span(line.arguments[1]) : nil
      try settle(line, .nak(delay: delay), "given back")
    case "wpi": try settle(line, .inProgress, "in progress: the wait begins anew")
    case "term": try settle(line, .term, "never to be handed out again")
    case "crash": crash()
    case "tick":
      pass(try line.span(try line.need(0, "a time, such as 30s")))
    case "show": return show()
    case "log": return try history(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
    return news(since: before)
  }

  private func subscriber(_ line: BenchLine) throws(Diagnostic) -> String {
    let name = try line.need(0, "a subscriber; make one with 'sub ann orders.>'")
    guard subscribers[name] != nil else {
      throw .unknown(
        "subscriber", name, known: parts, column: line.column(0), madeBy: "sub ann orders.>")
    }
    return name
  }

  private mutating func subscribe(_ line: BenchLine) throws(Diagnostic) {
    let words = try line.sorted(known: ["queue"])
    guard words.plain.count == 2 else {
      throw Diagnostic(
        "'\(line.text)' needs a name and a subject.", found: line.text,
        expected: "a name and a subject", suggestion: "sub ann orders.>")
    }
    let name = words.plain[0]
    guard NATSSubject(words.plain[1]) != nil else {
      throw Diagnostic(
        "\(NATSRefusal.invalidSubject.rawValue): '\(words.plain[1])'.", found: words.plain[1],
        expected: "words between dots, with * for one word and > for all that follow")
    }
    let client = nextClient
    nextClient += 1
    subscribers[name] = Subscriber(
      client: client, subscription: (words.plain[1], words.named["queue"]))
    carryOut(.connect(client: client))
    carryOut(
      .subscribe(client: client, id: 1, subject: words.plain[1], queue: words.named["queue"]))
    say(name, "is subscribed to \(words.plain[1])", nil)
  }

  private mutating func setReading(_ isReading: Bool, _ line: BenchLine) throws(Diagnostic) {
    let name = try subscriber(line)
    subscribers[name]?.isReading = isReading
    guard isReading, let state = subscribers[name] else {
      say(name, "stops reading", nil)
      return
    }
    guard server.isConnected(state.client) else {
      carryOut(.connect(client: state.client))
      carryOut(
        .subscribe(
          client: state.client, id: 1, subject: state.subscription.subject,
          queue: state.subscription.queue))
      subscribers[name]?.unread = 0
      say(name, "finds its connection closed, and connects and subscribes again", .bad)
      return
    }
    let bytes = server.pending(state.client)
    carryOut(.taken(client: state.client, bytes: bytes))
    subscribers[name]?.received += state.unread
    counts.delivered += state.unread
    subscribers[name]?.unread = 0
    say(name, "reads the \(state.unread) messages that waited", nil)
  }

  private mutating func publish(_ line: BenchLine) throws(Diagnostic) {
    let words = try line.sorted(known: ["id", "size"])
    guard let subject = words.plain.first else {
      throw Diagnostic(
        "'\(line.text)' needs a subject.", found: "the end of the line",
        expected: "a subject such as orders.new", suggestion: "pub orders.new")
    }
    let count =
      try line.number(words.plain.dropFirst().first, in: 1...1_000) ?? 1
    let size = try line.number(words.named["size"], in: 1...1_048_576) ?? 100
    for _ in 0..<count {
      let body = "m\(nextMessage)"
      nextMessage += 1
      publish(subject, body, id: words.named["id"], size: size)
    }
  }

  private mutating func settle(
    _ line: BenchLine, _ word: JetStreamAck, _ text: String
  ) throws(Diagnostic) {
    let first = try line.need(0, "the sequence of a message that was fetched")
    let sequence = try line.number(first, in: 1...1_000_000) ?? 0
    let before = jetStream.consumer(Self.consumer, of: Self.stream)?.pending.count ?? 0
    let wasOut =
      jetStream.consumer(Self.consumer, of: Self.stream)?.pending[sequence] != nil
    carryOut(
      .acknowledge(stream: Self.stream, consumer: Self.consumer, sequence: sequence, word))
    let after = jetStream.consumer(Self.consumer, of: Self.stream)?.pending.count ?? 0
    if word == .ack { counts.acked += before - after }
    say("work", wasOut ? "message \(sequence): \(text)" : "message \(sequence) is not out", nil)
  }
}
