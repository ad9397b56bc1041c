import Kernel
import Patterns
import Presentation

extension EventBench {
  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "order", usage: "order NUMBER [crash]", example: "order 7",
        "Changes an order in one transaction and sees to its event as 'publish' says; with crash "
          + "the service dies between its two steps."),
      BenchCommand(
        "begin", usage: "begin NUMBER", example: "begin 7",
        "Changes an order in a transaction, t1 and so on, that stays open."),
      BenchCommand(
        "commit", usage: "commit TRANSACTION", example: "begin 7; commit t1",
        "Commits an open transaction."),
      BenchCommand(
        "rollback", usage: "rollback TRANSACTION", example: "begin 7; rollback t1",
        "Rolls an open transaction back."),
      BenchCommand(
        "relay", usage: "relay [NUMBER]", example: "order 7; relay",
        "Lets a relay claim, publish and mark one batch."),
      BenchCommand(
        "claim", usage: "claim NUMBER", example: "order 7; claim 1",
        "Lets a relay read its rows."),
      BenchCommand(
        "publish", usage: "publish NUMBER", example: "order 7; claim 1; publish 1",
        "Lets a relay publish what it has read."),
      BenchCommand(
        "mark", usage: "mark NUMBER", example: "order 7; claim 1; publish 1; mark 1",
        "Lets a relay mark what was acknowledged."),
      BenchCommand(
        "crash", usage: "crash NUMBER", example: "order 7; claim 1; publish 1; crash 1",
        "A relay dies and starts again: what it had in hand is forgotten."),
      BenchCommand(
        "deliver", usage: "deliver [COUNT] [crash]", example: "order 7; relay; deliver",
        "The consumer takes messages, commits and deletes; with crash it dies before the delete."),
      Self.schemaCommands[0], Self.schemaCommands[1],
      BenchCommand(
        "append", usage: "append STREAM open|deposit|withdraw [AMOUNT] [expect=VERSION]",
        example: "append a open",
        "Decides a command on an account and appends the event, if the version is as expected."),
      BenchCommand(
        "fold", usage: "fold STREAM", example: "append a open; fold a",
        "Shows the events of a stream and the state they fold to."),
      Self.processCommands[0], Self.processCommands[1],
      BenchCommand("tick", usage: "tick TIME", example: "tick 30s", "Lets time pass."),
      BenchCommand(
        "show", usage: "show", example: "show",
        "Shows the orders, the outbox and the consumer's copy."),
      BenchCommand("log", usage: "log [COUNT]", example: "log 10", "Shows what happened."),
    ]
  }

  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    let before = log.count
    switch line.name {
    case "order": try order(line)
    case "begin": try beginTransaction(try number(line, 0, "an order", in: 0...999))
    case "commit": try end(line, isGood: true)
    case "rollback": try end(line, isGood: false)
    case "relay":
      let place = try desk(line, standard: 0)
      claim(place)
      publish(place)
      mark(place)
    case "claim": claim(try desk(line))
    case "publish": publish(try desk(line))
    case "mark": mark(try desk(line))
    case "crash": crash(try desk(line))
    case "deliver": try deliver(line)
    case "deploy": try deploy(line)
    case "upgrade": try upgrade(line)
    case "append": try append(line)
    case "fold": return try fold(line)
    case "place": try place(line)
    case "hear": try hear(line)
    case "tick": try tick(line)
    case "show": return show()
    case "log": return try showLog(line)
    default: throw .unknown("bench command", line.name, known: commands.map(\.name), column: 1)
    }
    return news(since: before)
  }

  private mutating func order(_ line: BenchLine) throws(Diagnostic) {
    let order = try number(line, 0, "an order", in: 0...999)
    let dies = line.arguments.dropFirst().first
    if let dies, dies != "crash" {
      throw .unknown("word of order", dies, known: ["crash"], column: line.column(1))
    }
    let name = try beginTransaction(order)
    guard let event = open[name]?.event else { return }
    switch setup.publish {
    case .outbox:
      if dies != nil { return abandon(name) }
      commit(name)
    case .afterCommit:
      commit(name)
      if dies != nil {
        return say("orders", "dies before it has told the queue of \(text(event))", .bad)
      }
      hand(event, by: "orders")
    case .beforeCommit:
      hand(event, by: "orders")
      if dies != nil { return abandon(name) }
      commit(name)
    }
  }

  private mutating func end(_ line: BenchLine, isGood: Bool) throws(Diagnostic) {
    let name = try word(line, 0, "a transaction such as t1, from 'begin'")
    guard open[name] != nil else {
      throw .unknown(
        "open transaction", name, known: open.keys.sorted(), column: line.column(0),
        madeBy: "begin 7")
    }
    if isGood { commit(name) } else { abandon(name) }
  }

  private mutating func deliver(_ line: BenchLine) throws(Diagnostic) {
    var words = line.arguments
    let dies = words.last == "crash"
    if dies { words.removeLast() }
    let count =
      words.isEmpty ? 1 : try number(line, 0, "how many messages", in: 1...100)
    for _ in 0..<count { takeMessage(dies: dies) }
  }

  private mutating func append(_ line: BenchLine) throws(Diagnostic) {
    let stream = try word(line, 0, "a stream")
    let verb = try word(line, 1, "open, deposit or withdraw")
    let command: SourcedAccount.Command
    switch verb {
    case "open": command = .open
    case "deposit": command = .deposit(try number(line, 2, "an amount", in: 1...1_000_000))
    case "withdraw": command = .withdraw(try number(line, 2, "an amount", in: 1...1_000_000))
    default:
      throw .unknown(
        "command of an account", verb, known: ["open", "deposit", "withdraw"],
        column: line.column(1))
    }
    let current = store.version(of: stream)
    var expected: EventStore<SourcedAccount.Event>.ExpectedVersion =
      current.map { .exactly($0) } ?? .noStream
    if let last = line.arguments.last, last.hasPrefix("expect=") {
      guard let version = Int(last.dropFirst(7)) else {
        throw Diagnostic(
          "'\(last)' names no version.", column: line.column(line.arguments.count - 1),
          found: last, expected: "the number of the stream's last event, as in expect=3")
      }
      expected = .exactly(version)
    }
    decide(command, on: stream, expecting: expected)
  }

  private mutating func tick(_ line: BenchLine) throws(Diagnostic) {
    let text = try word(line, 0, "a time")
    guard let span = TimeSpan(text: text), span > .zero, span <= .hours(100) else {
      throw Diagnostic(
        "'\(text)' is no time to let pass.", column: line.column(0), found: text,
        expected: "a time up to 100h, such as 30s")
    }
    now += span
    queueStep(.wake)
    storePosition()
  }

  private func desk(_ line: BenchLine, standard: Int? = nil) throws(Diagnostic) -> Int {
    if line.arguments.isEmpty, let standard { return standard }
    return try number(line, 0, "a relay", in: 1...desks.count) - 1
  }

  func word(_ line: BenchLine, _ index: Int, _ what: String) throws(Diagnostic) -> String {
    guard index < line.arguments.count else {
      let command = commands.first { $0.name == line.name }
      throw Diagnostic(
        "'\(line.text)' needs \(what).", column: line.text.count + 1, found: "the end of the line",
        expected: command?.usage, suggestion: command?.example)
    }
    return line.arguments[index]
  }

  func number(
    _ line: BenchLine, _ index: Int, _ what: String, in range: ClosedRange<Int>
  ) throws(Diagnostic) -> Int {
    let text = try word(line, index, what)
    guard let number = Int(text), range.contains(number) else {
      throw Diagnostic(
        "'\(text)' is not \(what).", column: line.column(index), found: text,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }
}
