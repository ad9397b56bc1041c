import Kernel
import Patterns
import Recordings

/// Replays the steps of a recording of isolation and writes the same log as the recorder: the
/// answer to each statement, BLOCKED when there was none within 0.35 s, and later answers when they
/// come.
struct IsolationReplay {
  struct Stuck: Error, CustomStringConvertible {
    let description: String
  }

  private static let patience = TimeSpan.milliseconds(350)
  private(set) var store = TransactionStore([])
  private(set) var log: [JSONText] = []
  private(set) var violation: InvariantViolation?
  private var now = Instant.zero
  private var wakes: [Instant] = []
  /// Answers that came, oldest first.
  private var answers: [(session: SessionID, reply: StatementReply)] = []
  private var blocked: [SessionID] = []

  /// Carries out a line of the setup, in a transaction of its own.
  mutating func setUp(_ text: String) throws {
    switch try SQLReader.read(text) {
    case .createTable(let schema): store.create(schema)
    case .dropTable: break
    case .statement(let statement):
      let session = SessionID("setup")
      give(.submit(session, statement))
      guard answers.last?.session == session, !isFailure(answers.last?.reply) else {
        throw Stuck(description: "the setup failed: \(text)")
      }
      answers = []
    }
  }

  /// Carries out one step.
  mutating func run(_ name: String, _ text: String) throws {
    let session = SessionID(name)
    if blocked.contains(session) { try waitFor(session) }
    guard case .statement(let statement) = try SQLReader.read(text) else {
      throw Stuck(description: "steps do not change tables: \(text)")
    }
    give(.submit(session, statement))
    pass(until: now + Self.patience) { $0.hasAnswered(session) }
    if let place = answers.firstIndex(where: { $0.session == session }) {
      write(name, text, Self.json(answers.remove(at: place).reply))
    } else {
      blocked.append(session)
      write(name, text, .text("BLOCKED"))
    }
    writeLateAnswers()
  }

  /// Waits for what is still open.
  mutating func finish() throws {
    while let session = blocked.first { try waitFor(session) }
  }

  /// The committed rows of a table by key.
  func rows(of table: String) -> JSONText {
    .list(
      store.committedRows(of: table).sorted { $0.lexicographicallyPrecedes($1) }
        .map { .list($0.map(Self.json)) })
  }

  private mutating func waitFor(_ session: SessionID) throws {
    pass(until: now + .seconds(30)) { $0.hasAnswered(session) }
    guard hasAnswered(session) else {
      throw Stuck(description: "\(session) never got an answer")
    }
    writeLateAnswers()
  }

  private func hasAnswered(_ session: SessionID) -> Bool {
    answers.contains { $0.session == session }
  }

  private mutating func writeLateAnswers() {
    for (session, reply) in answers {
      blocked.removeAll { $0 == session }
      write(session.name, "(was blocked) now", Self.json(reply))
    }
    answers = []
  }

  /// Lets time pass, up to `end` or until something is so.
  private mutating func pass(until end: Instant, or isSo: (Self) -> Bool) {
    while !isSo(self), let next = wakes.min(), next <= end {
      wakes.removeAll { $0 == next }
      now = max(now, next)
      give(.wake)
    }
    if !isSo(self) { now = end }
  }

  private mutating func give(_ input: TransactionStore.Input) {
    for output in store.step(input, at: now) {
      switch output {
      case .reply(let session, let reply): answers.append((session, reply))
      case .wakeMe(let instant): wakes.append(instant)
      case .waits, .entered: break
      }
    }
    violation = violation ?? store.checkInvariants()
  }

  private func isFailure(_ reply: StatementReply?) -> Bool {
    if case .failed = reply { true } else { false }
  }

  private mutating func write(_ session: String, _ text: String, _ result: JSONText) {
    log.append(.list([.text(session), .text(text), result]))
  }

  private static func json(_ reply: StatementReply) -> JSONText {
    switch reply {
    case .rows(let rows): .list(rows.map { .list($0.map(json)) })
    case .done(let tag): .text(tag)
    case .failed(let error):
      .object([("sqlstate", .text(error.state.rawValue)), ("error", .text(error.message))])
    }
  }

  private static func json(_ value: ColumnValue) -> JSONText {
    switch value {
    case .null: .null
    case .integer(let number): .number(number)
    case .flag(let flag): .flag(flag)
    case .text(let text): .text(text)
    case .list(let items): .list(items.map { .number($0) })
    }
  }
}
