import Kernel
import Patterns
import Presentation

/// Sessions by hand on one database: who waits, who fails and why, step by step.
///
/// The clock stands still until `tick`. The table has rows by key, `x` and `y` with 100 each.
public struct IsolationBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  var store: TransactionStore
  var now = Instant.zero
  var wakes: [Instant] = []
  var counters = Counters()
  /// What the command under way led to, line by line.
  var news: [Text] = []

  static let table = TableSchema("kv", columns: ["k", "v"], key: "k")

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var committed = 0
    var aborted = 0
    var serializationFailures = 0
    var deadlocks = 0
    var conflicts = 0
    var lastValue: Int?
    var lastCount: Int?
  }

  /// A fresh bench with PostgreSQL's parameters as knobs.
  init() {
    settings = Settings(TransactionOptions.knobs)
    store = Self.store(Settings(TransactionOptions.knobs))
  }

  private static func store(_ settings: Settings) -> TransactionStore {
    var store = TransactionStore([table], options: TransactionOptions(settings))
    let rows = ["x", "y"].map { key -> [RowExpression] in
      [.constant(.text(key)), .constant(.integer(100))]
    }
    _ = store.step(
      .submit(SessionID("setup"), .insert(InsertCommand(into: "kv", rows: rows))), at: .zero)
    return store
  }

  /// The names that commands take.
  public var parts: [String] { sessionNames + keys }

  /// Sessions that have appeared, and the first two.
  var sessionNames: [String] {
    let used = store.transactionViews.compactMap { $0.session?.name }
    return Set(used + ["t1", "t2"]).sorted()
  }

  private var keys: [String] {
    store.committedRows(of: "kv").map { $0[0].description }.sorted()
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The database is the machine of the drills, compared with recordings of PostgreSQL 15.18 "
          + "step by step."
      ],
      leavesOut: [
        "One table of keys and numbers; of SQL only what the commands send, which `show` does not "
          + "hide: reads by key, scans of the whole table, updates by key, inserts, deletes."
      ] + ToolPreset.postgresql.leavesOut,
      sources: [
        "PostgreSQL 15 documentation, chapter 13 Concurrency Control",
        "github.com/postgres/postgres src/backend/storage/lmgr/predicate.c",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? { store.checkInvariants() }

  /// Turns knobs; the database begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    store = Self.store(changed)
    now = .zero
    wakes = []
    counters = Counters()
    var reply = Document()
    reply.add(.text(settings.turned))
    reply.add("The database begins anew: x = 100, y = 100, no session has a transaction.")
    return reply
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    func committed(_ key: String) -> Int? {
      for row in store.committedRows(of: "kv") where row[0] == .text(key) {
        if case .integer(let value) = row[1] { return value }
      }
      return nil
    }
    let rows = store.committedRows(of: "kv")
    let sum = rows.reduce(0) { sum, row in
      if case .integer(let value) = row[1] { sum + value } else { sum }
    }
    return [
      count("x", committed("x")), count("y", committed("y")), count("sum", sum),
      count("rows", rows.count), count("last_value", counters.lastValue),
      count("last_count", counters.lastCount),
      count("open", store.transactionViews.count { $0.session != nil }),
      count("waiting", store.waiting.count), count("committed", counters.committed),
      count("aborted", counters.aborted),
      count("serialization_failures", counters.serializationFailures),
      count("deadlocks", counters.deadlocks), count("conflicts", counters.conflicts),
      Measurement("clock", now.seconds, .seconds),
    ]
  }
}
