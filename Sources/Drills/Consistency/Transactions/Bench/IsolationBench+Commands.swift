import Kernel
import Patterns
import Presentation

extension IsolationBench {
  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "begin", usage: "begin SESSION [read-committed|repeatable-read|serializable]",
        example: "begin t1 serializable", "Begins a transaction of a session."),
      BenchCommand("read", usage: "read SESSION KEY", example: "read t1 x", "Reads a row."),
      BenchCommand(
        "scan", usage: "scan SESSION", example: "scan t1",
        "Reads all rows through the whole table, as a query without a key does."),
      BenchCommand(
        "lock", usage: "lock SESSION KEY", example: "lock t1 x",
        "Reads a row with SELECT ... FOR UPDATE."),
      BenchCommand(
        "write", usage: "write SESSION KEY VALUE", example: "write t1 x 5",
        "Sets a row to a value, whatever it was."),
      BenchCommand(
        "add", usage: "add SESSION KEY NUMBER", example: "add t1 x 10",
        "Adds to a row in the database: SET v = v + NUMBER."),
      BenchCommand(
        "insert", usage: "insert SESSION KEY VALUE", example: "insert t1 z 1", "Adds a row."),
      BenchCommand(
        "delete", usage: "delete SESSION KEY", example: "delete t1 y", "Removes a row."),
      BenchCommand(
        "commit", usage: "commit SESSION", example: "commit t1", "Ends the transaction."),
      BenchCommand(
        "rollback", usage: "rollback SESSION", example: "rollback t1",
        "Ends the transaction and undoes what it did."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 1s", "Lets time pass."),
      BenchCommand(
        "show", usage: "show", example: "show",
        "Shows versions, locks, transactions and conflicts between them."),
    ]
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    if line.name == "show" { return show() }
    if line.name == "tick" { return tick(try span(line)) }
    let session = try session(line)
    let statement = try statement(line)
    if store.isWaiting(session) {
      let blocker = store.waiting.first { $0.session == session }?.blocker
      throw Diagnostic(
        "\(session) still waits\(blocker.map { " for \($0)'s transaction" } ?? ""), so it cannot "
          + "send anything.", column: line.column(0), found: line.text,
        expected: "the end of the other transaction, or time: tick 1s")
    }
    news = []
    give(.submit(session, statement))
    return told()
  }

  private func statement(_ line: BenchLine) throws(Diagnostic) -> Statement {
    switch line.name {
    case "begin": return .begin(try level(line))
    case "commit": return .commit
    case "rollback": return .rollback
    case "scan": return .select(SelectQuery(from: "kv"))
    case "read", "lock":
      return .select(
        SelectQuery(
          [.column("v")], from: "kv", where: .isEqual("k", .text(try key(line))),
          locking: line.name == "lock" ? SelectQuery.Locking(.update) : nil))
    case "delete":
      return .delete(DeleteCommand(from: "kv", where: .isEqual("k", .text(try key(line)))))
    case "insert":
      let row: [RowExpression] = [
        .constant(.text(try key(line))), .constant(.integer(try number(line))),
      ]
      return .insert(InsertCommand(into: "kv", rows: [row]))
    default:
      let number = RowExpression.constant(.integer(try number(line)))
      let value =
        line.name == "add" ? RowExpression.arithmetic(.plus, .column("v"), number) : number
      return .update(
        UpdateCommand(
          "kv", set: [Assignment("v", value)], where: .isEqual("k", .text(try key(line)))))
    }
  }

  private func session(_ line: BenchLine) throws(Diagnostic) -> SessionID {
    guard let name = line.arguments.first, name.first?.isLetter ?? false else {
      throw Diagnostic(
        "Say which session.", column: line.arguments.isEmpty ? nil : line.column(0),
        found: line.text, expected: "\(line.name) t1 …, with any name that begins with a letter")
    }
    return SessionID(name)
  }

  private func level(_ line: BenchLine) throws(Diagnostic) -> TransactionLevel {
    guard line.arguments.count > 1 else { return .readCommitted }
    guard let level = TransactionLevel(word: line.arguments[1]) else {
      throw .unknown(
        "isolation level", line.arguments[1], known: TransactionLevel.allCases.map(\.word),
        column: line.column(1))
    }
    return level
  }

  private func key(_ line: BenchLine) throws(Diagnostic) -> String {
    guard line.arguments.count > 1 else {
      throw Diagnostic(
        "Say which row.", found: line.text, expected: "\(line.name) \(line.arguments[0]) KEY …")
    }
    return line.arguments[1]
  }

  private func number(_ line: BenchLine) throws(Diagnostic) -> Int {
    guard line.arguments.count > 2, let value = Int(line.arguments[2]),
      (-1_000_000_000...1_000_000_000).contains(value)
    else {
      throw Diagnostic(
        "Say which value.", column: line.arguments.count > 2 ? line.column(2) : nil,
        found: line.text, expected: "\(line.name) SESSION KEY and a whole number")
    }
    return value
  }

  private func span(_ line: BenchLine) throws(Diagnostic) -> TimeSpan {
    guard let text = line.arguments.first, let span = TimeSpan(text: text), span >= .zero,
      span <= .hours(24)
    else {
      throw Diagnostic(
        "Say how long.", column: line.arguments.isEmpty ? nil : line.column(0), found: line.text,
        expected: "tick TIME, such as 500ms or 1s")
    }
    return span
  }

  private mutating func tick(_ span: TimeSpan) -> Document {
    news = []
    let end = now + span
    while let next = wakes.min(), next <= end {
      wakes.removeAll { $0 == next }
      now = max(now, next)
      give(.wake)
    }
    now = end
    return told()
  }
}
