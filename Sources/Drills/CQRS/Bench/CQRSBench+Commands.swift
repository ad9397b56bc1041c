import Kernel
import Patterns
import Presentation

extension CQRSBench {
  /// Carries out one command.
  mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "account": return try wish(.open, on: name(line, 0), id: newID())
    case "deposit": return try deposit(line)
    case "withdraw":
      let account = try name(line, 0)
      return try wish(.withdraw(try amount(line, 1)), on: account, id: newID())
    case "begin": return try beginHandler(line)
    case "finish": return try finish(line)
    case "again": return try again()
    case "poison": return try poison(line)
    case "project":
      return project(try line.count(0, of: "batches", upTo: 10_000))
    case "die": return try die()
    case "read": return try read(line)
    case "rebuild": return try rebuild(line)
    case "build": return try build(try line.count(0, of: "batches", upTo: 10_000))
    case "upgrade":
      revision = 2
      return Document([.text("The code counts in cents now. Older events are upcast when read.")])
    default: return show()
    }
  }

  private mutating func newID() -> Int {
    nextCommand += 1
    return nextCommand - 1
  }

  private func name(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> String {
    guard index < line.arguments.count else {
      throw Diagnostic(
        "Say which account.", found: line.text, expected: "a name, as in '\(line.name) a'")
    }
    return line.arguments[index]
  }

  private func amount(_ line: BenchLine, _ index: Int) throws(Diagnostic) -> Int {
    let text = index < line.arguments.count ? line.arguments[index] : ""
    guard let value = Unit.count.value(from: text), value >= 1, value <= 1e6,
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no amount.", column: text.isEmpty ? nil : line.column(index), found: text,
        expected: "whole euros from 1 to 1,000,000")
    }
    return Int(value)
  }

  private mutating func deposit(_ line: BenchLine) throws(Diagnostic) -> Document {
    let account = try name(line, 0)
    let euros = try amount(line, 1)
    let times = try line.count(2, of: "deposits", upTo: 2_000)
    var reply = Document()
    if store.events.version(of: account) == nil {
      reply = try wish(.open, on: account, id: newID())
    }
    for _ in 0..<times { reply = try wish(.deposit(euros), on: account, id: newID()) }
    return reply
  }

  private mutating func poison(_ line: BenchLine) throws(Diagnostic) -> Document {
    let account = try name(line, 0)
    let euros = try amount(line, 1)
    if store.events.version(of: account) == nil { _ = try wish(.open, on: account, id: newID()) }
    return try wish(.deposit(euros), on: account, id: newID(), isReadable: false)
  }

  /// Loads an account as the code of today sees it.
  private mutating func load(_ account: String) -> SnapshotStore.Loaded {
    let loaded = snapshots.load(account, from: store.events, revision: revision)
    tally.eventsRead = loaded.eventsRead
    if loaded.state.balance * (100 / LedgerEvent.unit(revision)) != truth(account) {
      tally.wrongStates += 1
    }
    return loaded
  }

  private func scaled(_ wish: SourcedAccount.Command) -> SourcedAccount.Command {
    let unit = LedgerEvent.unit(revision)
    return switch wish {
    case .open: .open
    case .deposit(let euros): .deposit(euros * unit)
    case .withdraw(let euros): .withdraw(euros * unit)
    }
  }

  private mutating func append(
    _ facts: [SourcedAccount.Event], of id: Int, to account: String,
    _ expected: EventStore<LedgerEvent>.ExpectedVersion, isReadable: Bool = true
  ) -> CommandStore.Result {
    let events = facts.map {
      LedgerEvent($0, command: id, at: .zero, schema: revision, isReadable: isReadable)
    }
    let result = store.append(events, of: id, to: account, expecting: expected)
    if case .appended(_, let position) = result {
      written[account] = position
      snapshots.appended(to: account, of: store.events, revision: revision)
      if options.lifecycle == .inline { _ = project(10_000) }
    }
    return result
  }

  /// A whole command, from the load to the answer.
  private mutating func wish(
    _ wish: SourcedAccount.Command, on account: String, id: Int, isReadable: Bool = true
  ) throws(Diagnostic) -> Document {
    var handler = CommandHandler(scaled(wish), options: options.handler)
    lastCommand = (account, wish, id)
    var step = CommandHandler.Step.load
    while true {
      switch step {
      case .load:
        let loaded = load(account)
        step = handler.loaded(loaded.state, version: loaded.version)
      case .append(let facts, let expected):
        let result = append(facts, of: id, to: account, expected, isReadable: isReadable)
        if case .conflict = result { tally.conflicts += 1 }
        step = handler.appended(result)
      case .reply(let reply): return tell(reply, account)
      }
    }
  }

  private mutating func tell(_ reply: CommandHandler.Reply, _ account: String) -> Document {
    switch reply {
    case .done(let version, let position, let isRepeat):
      if isRepeat { tally.repeats += 1 }
      return Document([
        .text(
          isRepeat
            ? "The store knows this command: event \(version) of \(account), nothing new."
            : "Event \(version) of \(account) is stored at position \(position). "
              + "Read for it: \((tally.eventsRead ?? 0).of("event")).")
      ])
    case .refused(let reason):
      tally.refused += 1
      return Document([.text("Refused: \(reason.rawValue).")])
    case .conflict:
      return Document([.text("Given up: too many conflicts.")])
    }
  }

  private mutating func again() throws(Diagnostic) -> Document {
    guard let last = lastCommand else {
      throw Diagnostic("There was no command yet.", expected: "a deposit or a withdrawal first")
    }
    return try wish(last.wish, on: last.account, id: last.id)
  }

  private mutating func beginHandler(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let handlerName = line.arguments.first else {
      throw Diagnostic("Give the handler a name.", expected: "begin h1 withdraw a 5")
    }
    let kind = line.arguments.count > 1 ? line.arguments[1] : ""
    guard kind == "deposit" || kind == "withdraw" else {
      throw .unknown("command", kind, known: ["deposit", "withdraw"], column: line.column(1))
    }
    let account = try name(line, 2)
    let euros = try amount(line, 3)
    if store.events.version(of: account) == nil { _ = try wish(.open, on: account, id: newID()) }
    let wish: SourcedAccount.Command = kind == "deposit" ? .deposit(euros) : .withdraw(euros)
    return decide(
      handlerName, CommandHandler(scaled(wish), options: options.handler), account, id: newID())
  }

  private mutating func decide(
    _ handlerName: String, _ handler: CommandHandler, _ account: String, id: Int
  ) -> Document {
    var handler = handler
    let loaded = load(account)
    handlers.removeAll { $0.name == handlerName }
    switch handler.loaded(loaded.state, version: loaded.version) {
    case .append(let facts, let expected):
      handlers.append(
        (
          handlerName,
          Open(account: account, command: id, handler: handler, facts: facts, expected: expected)
        ))
      return Document([
        .text(
          "\(handlerName) has seen event \(loaded.version ?? -1) of \(account) and decided. It has "
            + "not appended yet.")
      ])
    case .reply(let reply): return tell(reply, account)
    case .load: return Document()
    }
  }

  private mutating func finish(_ line: BenchLine) throws(Diagnostic) -> Document {
    let handlerName = line.arguments.first ?? ""
    guard let place = handlers.firstIndex(where: { $0.name == handlerName }) else {
      throw .unknown(
        "handler", handlerName, known: handlers.map(\.name),
        column: line.arguments.isEmpty ? nil : line.column(0), madeBy: "begin h1 deposit a 5")
    }
    var open = handlers.remove(at: place).open
    let result = append(open.facts, of: open.command, to: open.account, open.expected)
    switch open.handler.appended(result) {
    case .load:
      tally.conflicts += 1
      let reply = Document([
        .text("Conflict: \(open.account) has moved on. \(handlerName) loads and decides anew.")
      ])
      return reply + decide(handlerName, open.handler, open.account, id: open.command)
    case .reply(let reply):
      if reply == .conflict { tally.conflicts += 1 }
      return tell(reply, open.account)
    case .append: return Document()
    }
  }
}
