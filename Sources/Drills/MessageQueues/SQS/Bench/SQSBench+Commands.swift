import Kernel
import Patterns
import Presentation

extension SQSBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "send", usage: "send [COUNT] [group=NAME] [id=TEXT] [delay=TIME]", example: "send 3",
        "Sends messages to the queue 'orders'; on FIFO queues with group and deduplication id."),
      BenchCommand(
        "publish", usage: "publish [type=WORD] [group=NAME] [id=TEXT]",
        example: "publish type=order",
        "Publishes to the topic: 'orders' gets a copy, 'audit' only of type=order."),
      BenchCommand(
        "receive", usage: "receive [MOST] [wait=TIME] [from=orders|audit|dead]",
        example: "receive 2", "Receives messages; each gets a receipt, r1, r2 and so on."),
      BenchCommand(
        "delete", usage: "delete RECEIPT", example: "send; receive; delete r1",
        "Deletes the message that a receipt stands for."),
      BenchCommand(
        "extend", usage: "extend RECEIPT TIME", example: "send; receive; extend r1 60s",
        "ChangeMessageVisibility: the message stays hidden for TIME from now; 0s gives it back."),
      BenchCommand(
        "tick", usage: "tick TIME", example: "tick 30s", "Lets time pass."),
      BenchCommand(
        "show", usage: "show", example: "show", "Shows the queues and who holds what."),
      BenchCommand(
        "log", usage: "log [COUNT]", example: "log 10", "Shows what happened."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "send": return try send(line)
    case "publish": return try publish(line)
    case "receive": return try receive(line)
    case "delete": return try delete(line)
    case "extend": return try extend(line)
    case "tick": return try tick(line)
    case "show": return show()
    case "log": return try log(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
  }

  private mutating func send(_ line: BenchLine) throws(Diagnostic) -> Document {
    let options = try words(line, known: ["group", "id", "delay"])
    let count = try number(options.plain.first, in: 1...100, line) ?? 1
    let delay = try span(options.named["delay"], line)
    let before = log.count
    for _ in 0..<count {
      let body = "m\(nextMessage)"
      nextMessage += 1
      let isFifo = settings.flag("FifoQueue")
      let entry = SQSEntry(
        body, delay: delay, group: options.named["group"] ?? (isFifo ? "default" : nil),
        deduplication: options.named["id"] ?? (isFifo ? body : nil))
      carryOut(.send(entry, request: 0), on: 0, isDead: false)
    }
    return news(since: before)
  }

  private mutating func publish(_ line: BenchLine) throws(Diagnostic) -> Document {
    let options = try words(line, known: ["type", "group", "id"])
    let body = "m\(nextMessage)"
    nextMessage += 1
    let isFifo = settings.flag("FifoQueue")
    let entry = SNSEntry(
      body, attributes: options.named["type"].map { ["type": .text($0)] } ?? [:],
      group: options.named["group"] ?? (isFifo ? "default" : nil),
      deduplication: options.named["id"] ?? (isFifo ? body : nil))
    let before = log.count
    carryOut(.publish(entry, request: 0))
    return news(since: before)
  }

  private mutating func receive(_ line: BenchLine) throws(Diagnostic) -> Document {
    let options = try words(line, known: ["wait", "from"])
    let most =
      try number(options.plain.first, in: 1...10, line)
      ?? settings.integer("MaxNumberOfMessages")
    let wait = try span(options.named["wait"], line)
    let from = options.named["from"] ?? "orders"
    guard let place = ["orders": 0, "audit": 1, "dead": 0][from] else {
      throw .unknown("queue", from, known: ["orders", "audit", "dead"])
    }
    let before = log.count
    counts.lastReceived = 0
    carryOut(
      .receive(most: most, wait: wait, visibility: nil, attempt: nil, request: 0), on: place,
      isDead: from == "dead")
    return news(since: before)
  }

  private mutating func delete(_ line: BenchLine) throws(Diagnostic) -> Document {
    let receipt = try receipt(line)
    let before = log.count
    carryOut(
      .delete(receipt.delivery.handle, request: 0), on: receipt.queue, isDead: receipt.isDead)
    return news(since: before)
  }

  private mutating func extend(_ line: BenchLine) throws(Diagnostic) -> Document {
    let receipt = try receipt(line)
    guard line.arguments.count > 1, let span = TimeSpan(text: line.arguments[1]) else {
      throw Diagnostic(
        "'\(line.text)' needs a time.", column: line.text.count + 1,
        found: line.arguments.dropFirst().first ?? "the end of the line",
        expected: "a time from now, such as 60s", suggestion: "extend \(line.arguments[0]) 60s")
    }
    let before = log.count
    carryOut(
      .changeVisibility(receipt.delivery.handle, to: span, request: 0), on: receipt.queue,
      isDead: receipt.isDead)
    return news(since: before)
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let text = line.arguments.first, let span = TimeSpan(text: text), span > .zero,
      span <= .hours(400)
    else {
      throw Diagnostic(
        "'\(line.text)' needs a time to let pass.", column: line.column(0),
        found: line.arguments.first ?? "the end of the line",
        expected: "a time up to 400h, such as 30s", suggestion: "tick 30s")
    }
    let before = log.count
    pass(span)
    return news(since: before)
  }

  private func receipt(_ line: BenchLine) throws(Diagnostic) -> Receipt {
    guard let name = line.arguments.first else {
      throw Diagnostic(
        "'\(line.text)' needs a receipt.", column: line.text.count + 1,
        found: "the end of the line", expected: "a receipt such as r1, from 'receive'")
    }
    guard let receipt = receipts[name] else {
      throw .unknown(
        "receipt", name, known: receipts.keys.sorted(), column: line.column(0),
        madeBy: "send; receive")
    }
    return receipt
  }
}

extension SQSBench {
  /// The arguments of a line: plain words, and those of the form NAME=VALUE.
  func words(
    _ line: BenchLine, known: [String]
  ) throws(Diagnostic) -> (plain: [String], named: [String: String]) {
    var plain: [String] = []
    var named: [String: String] = [:]
    for (index, argument) in line.arguments.enumerated() {
      let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        plain.append(argument)
        continue
      }
      guard known.contains(sides[0]) else {
        throw .unknown(
          "option of \(line.name)", sides[0], known: known, column: line.column(index))
      }
      named[sides[0]] = sides[1]
    }
    return (plain, named)
  }

  /// A whole number in `range`, or nil when there is no word.
  func number(
    _ text: String?, in range: ClosedRange<Int>, _ line: BenchLine
  ) throws(Diagnostic) -> Int? {
    guard let text else { return nil }
    guard let number = Int(text), range.contains(number) else {
      throw Diagnostic(
        "'\(text)' is no number for '\(line.name)'.", column: line.column(0), found: text,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  private func span(_ text: String?, _ line: BenchLine) throws(Diagnostic) -> TimeSpan? {
    guard let text else { return nil }
    guard let span = TimeSpan(text: text), span >= .zero, span <= .minutes(15) else {
      throw Diagnostic(
        "'\(text)' is no time for '\(line.name)'.", found: text,
        expected: "a time up to 15m, such as 20s")
    }
    return span
  }
}
