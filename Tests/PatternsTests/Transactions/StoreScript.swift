import Kernel
import Patterns

/// A store under SQL typed by several sessions, with the answers as text.
struct StoreScript {
  private(set) var store: TransactionStore
  private(set) var now = Instant.zero
  private(set) var lastMessage = ""
  private(set) var facts: [TransactionFact] = []
  private var wakes: [Instant] = []
  private var answers: [SessionID: StatementReply] = [:]

  init(_ tables: [TableSchema], options: TransactionOptions = TransactionOptions()) {
    store = TransactionStore(tables, options: options)
  }

  /// The answer to `sql` as text, or `waits`.
  mutating func run(_ session: String, _ sql: String) throws -> String {
    guard case .statement(let statement) = try SQLReader.read(sql) else { return "no statement" }
    give(.submit(SessionID(session), statement))
    return answer(session)
  }

  /// The answer that came since the last one, or `waits`.
  mutating func answer(_ session: String) -> String {
    answers.removeValue(forKey: SessionID(session)).map(Self.text) ?? "waits"
  }

  /// Lets time pass.
  mutating func pass(_ span: TimeSpan) {
    let end = now + span
    while let next = wakes.min(), next <= end {
      wakes.removeAll { $0 == next }
      now = max(now, next)
      give(.wake)
    }
    now = end
  }

  mutating func give(_ input: TransactionStore.Input) {
    for output in store.step(input, at: now) {
      switch output {
      case .reply(let session, let reply):
        answers[session] = reply
        if case .failed(let error) = reply { lastMessage = error.message }
      case .wakeMe(let instant): wakes.append(instant)
      case .entered(let fact): facts.append(fact)
      case .waits: break
      }
    }
  }

  private static func text(_ reply: StatementReply) -> String {
    switch reply {
    case .done(let tag): tag
    case .failed(let error): error.state.rawValue
    case .rows(let rows):
      rows.map { $0.map(\.description).joined(separator: ",") }.joined(separator: " ")
    }
  }
}
