import Kernel

/// A single-node store of tables whose rows have many versions, with PostgreSQL's transactions.
///
///     statement ──▶ snapshot ──▶ rows it sees ──▶ lock a row ──▶ write a version ──▶ answer
///                                                    │ locked by another
///                                                    ▼
///                                             wait ──▶ look again ──▶ go on, skip or fail
///
/// Readers never wait: they see the versions of their snapshot, taken for each statement at READ
/// COMMITTED and once a transaction above. Writers wait for the transaction that holds the row. When
/// it commits a change, READ COMMITTED looks at the row again and goes on, and the levels above fail
/// with 40001 (the first updater wins). SERIALIZABLE watches reads and writes besides, and aborts
/// one transaction of each structure that could be dangerous. A session that has waited for
/// `deadlock_timeout` looks for a circle of waiting sessions and fails if it is in one. An error
/// aborts the transaction: its locks go at once, and it accepts nothing but its end.
///
/// **Nobody reads what is not committed. A row has one live version. What rolled back leaves
/// nothing. No two transactions hold locks on a row that exclude each other.**
///
/// Left out: savepoints, triggers, foreign keys, joins, table and advisory locks, DEFERRABLE,
/// prepared transactions; keys are single columns. Source: PostgreSQL 15 documentation, chapter 13,
/// and postgres/postgres, src/backend; behaviour compared with recordings of version 15.18.
public struct TransactionStore: Machine {
  /// What can happen to the store.
  public enum Input: Sendable, Hashable {
    /// A session sends a statement; it must have the answer to its last one.
    case submit(SessionID, Statement)
    /// Somebody cancels what a session waits for.
    case cancel(SessionID)
    /// A session's connection is gone: its transaction rolls back and nothing is answered.
    case disconnect(SessionID)
    /// A wake-up that was asked for, or any other.
    case wake
  }

  /// What the store asks for or states.
  public enum Output: Sendable, Hashable {
    /// The answer to a session's statement.
    case reply(SessionID, StatementReply)
    /// A session's statement waits until another session's transaction ends.
    case waits(SessionID, for: SessionID)
    /// Wake the machine at that time.
    case wakeMe(at: Instant)
    /// Something changed that is worth telling.
    case entered(TransactionFact)
  }

  enum Timer: Sendable, Hashable {
    case deadlockCheck(SessionID)
    case lockTimeout(SessionID)
  }

  struct Turn {
    let now: Instant
    var outputs: [Output] = []
  }

  /// Where a session is between its statements.
  struct Session: Sendable, Equatable {
    var transaction: TransactionID?
    /// Whether its transaction failed and only its end is accepted.
    var isFailed = false
    var work: StatementWork?
  }

  /// The settings.
  public let options: TransactionOptions
  var tables: [StoredTable]
  var sessions: [SessionID: Session] = [:]
  /// Transactions under way.
  var transactions: [TransactionID: Transaction] = [:]
  /// The same in the order of their beginning.
  var running: [TransactionID] = []
  /// The number of each committed transaction's commit.
  var commits: [TransactionID: Int] = [:]
  var commitCount = 0
  var nextTransaction = 1
  var nextWriteNumber = 1
  var waiters: [LockWaiter] = []
  var ledger: SerializableLedger
  var timers = DueTimers<Timer>()

  /// A store with these tables, empty.
  public init(_ tables: [TableSchema], options: TransactionOptions = TransactionOptions()) {
    precondition(
      Set(tables.map(\.name)).count == tables.count, "the names of tables must differ")
    self.tables = tables.map(StoredTable.init)
    self.options = options
    ledger = SerializableLedger(options: options)
  }

  /// Takes one input at `now` and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    var turn = Turn(now: now)
    switch input {
    case .submit(let session, let statement):
      precondition(
        sessions[session]?.work == nil, "\(session) still waits for its last statement")
      take(statement, from: session, &turn)
    case .cancel(let session):
      if sessions[session]?.work != nil {
        fail(
          session,
          TransactionError(.cancelled, "canceling statement due to user request"), &turn)
      }
    case .disconnect(let session): drop(session, &turn)
    case .wake:
      timers.woke(at: now)
      while let timer = timers.popDue(at: now) { fire(timer, &turn) }
    }
    turn.outputs += ledger.takeNews().map {
      .entered(.conflict(reader: $0.reader, writer: $0.writer))
    }
    if let instant = timers.wakeUp() { turn.outputs.append(.wakeMe(at: instant)) }
    return turn.outputs
  }

  private mutating func take(_ statement: Statement, from session: SessionID, _ turn: inout Turn) {
    let state = sessions[session] ?? Session()
    sessions[session] = state
    switch statement {
    case .commit: commit(session, &turn)
    case .rollback:
      end(session, commits: false, &turn)
      answer(session, .done("ROLLBACK"), &turn)
    case .begin where state.transaction == nil && !state.isFailed:
      guard case .begin(let level, let isReadOnly) = statement else { return }
      begin(session, level, isReadOnly: isReadOnly, isImplicit: false, &turn)
      answer(session, .done("BEGIN"), &turn)
    case _ where state.isFailed: answer(session, .failed(.failedTransaction), &turn)
    case .begin: answer(session, .done("BEGIN"), &turn)
    case .setLevel(let level): set(level, session, &turn)
    case .select, .insert, .update, .delete:
      if state.transaction == nil {
        begin(session, .readCommitted, isReadOnly: false, isImplicit: true, &turn)
      }
      start(statement, session, &turn)
    }
  }

  private mutating func begin(
    _ session: SessionID, _ level: TransactionLevel, isReadOnly: Bool, isImplicit: Bool,
    _ turn: inout Turn
  ) {
    let id = TransactionID(nextTransaction)
    nextTransaction += 1
    transactions[id] = Transaction(
      id: id, session: session, level: level, isReadOnly: isReadOnly, isImplicit: isImplicit)
    running.append(id)
    sessions[session]?.transaction = id
    turn.outputs.append(.entered(.began(id, session, level)))
  }

  private mutating func set(
    _ level: TransactionLevel, _ session: SessionID, _ turn: inout Turn
  ) {
    guard let id = sessions[session]?.transaction, let transaction = transactions[id] else {
      return answer(session, .done("SET"), &turn)
    }
    if transaction.snapshot != nil, level != transaction.level {
      let message = "SET TRANSACTION ISOLATION LEVEL must be called before any query"
      return fail(session, TransactionError(.activeTransaction, message), &turn)
    }
    transactions[id]?.level = level
    answer(session, .done("SET"), &turn)
  }

  func answer(_ session: SessionID, _ reply: StatementReply, _ turn: inout Turn) {
    turn.outputs.append(.reply(session, reply))
  }
}

/// What a store tells its host about its transactions.
public enum TransactionFact: Sendable, Hashable {
  /// A transaction began.
  case began(TransactionID, SessionID, TransactionLevel)
  /// A transaction committed.
  case committed(TransactionID, SessionID)
  /// A transaction rolled back: because of an error, or without one as its session asked.
  case rolledBack(TransactionID, SessionID, TransactionError?)
  /// A session found a deadlock: sessions each of which waits for the next, the last for the
  /// first.
  case deadlock([SessionID])
  /// The reader did not see what the writer wrote, so it must come before it.
  case conflict(reader: TransactionID, writer: TransactionID)
  /// An UPDATE, DELETE or locking SELECT waited, and went on with the row as it is now.
  case recheck(SessionID, isStillMatching: Bool)
}
