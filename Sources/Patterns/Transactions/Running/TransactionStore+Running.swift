import Kernel

extension TransactionStore {
  /// Begins a statement of a session that has a transaction.
  mutating func start(_ statement: Statement, _ session: SessionID, _ turn: inout Turn) {
    guard let id = sessions[session]?.transaction else { return }
    do throws(TransactionError) {
      try refuseWrites(statement, id)
      let snapshot = snapshot(for: id)
      let bound = try statement.bound { query throws(TransactionError) in
        try self.answer(query, snapshot, id)
      }
      var work = StatementWork(
        statement: bound, snapshot: snapshot, lockTimeout: options.lockTimeout)
      try prepare(&work, id)
      sessions[session]?.work = work
    } catch {
      return fail(session, error, &turn)
    }
    run(session, &turn)
  }

  /// Goes on with the statement of a session until it is finished, fails or has to wait.
  mutating func run(_ session: SessionID, _ turn: inout Turn) {
    guard var work = sessions[session]?.work, let id = sessions[session]?.transaction else {
      return
    }
    do throws(TransactionError) {
      switch try advance(&work, id, &turn) {
      case .blocked(let target):
        sessions[session]?.work = work
        wait(session, id, for: target, &turn)
      case .finished(let reply):
        sessions[session]?.work = nil
        answer(session, reply, &turn)
        if transactions[id]?.isImplicit ?? false {
          end(session, commits: true, &turn)
        } else if options.shortcuts.contains(.rowLocksEndWithStatement) {
          releaseRowLocks(of: id, &turn)
        }
      }
    } catch {
      fail(session, error, &turn)
    }
  }

  private mutating func releaseRowLocks(of id: TransactionID, _ turn: inout Turn) {
    for place in transactions[id]?.touched ?? [] {
      tables[place.table].rows[place.row].locks.removeAll { $0.holder == id }
    }
    resumeWaiters(&turn)
  }

  private func refuseWrites(_ statement: Statement, _ id: TransactionID) throws(TransactionError) {
    guard transactions[id]?.isReadOnly ?? false else { return }
    let word: String? =
      switch statement {
      case .insert: "INSERT"
      case .update: "UPDATE"
      case .delete: "DELETE"
      case .select(let query) where query.locking != nil: "SELECT FOR UPDATE"
      case .select, .begin, .setLevel, .commit, .rollback: nil
      }
    guard let word else { return }
    throw TransactionError(.readOnly, "cannot execute \(word) in a read-only transaction")
  }

  /// Decides how the table is gone through, and finds the rows to look at.
  mutating func prepare(
    _ work: inout StatementWork, _ id: TransactionID
  ) throws(TransactionError) {
    let scan: TableScan
    let place: Int
    switch work.statement {
    case .select(let query):
      guard let name = query.table else { return }
      place = try table(name)
      scan = TableScan(
        tables[place].schema, query.condition, order: query.order, limit: query.limit)
    case .update(let command):
      place = try table(command.table)
      scan = TableScan(tables[place].schema, command.condition)
    case .delete(let command):
      place = try table(command.table)
      scan = TableScan(tables[place].schema, command.condition)
    case .insert(let command):
      _ = try table(command.table)
      return
    case .begin, .setLevel, .commit, .rollback: return
    }
    work.scan = scan
    leaveReadLocks(scan, table: place, for: id)
    work.candidates = rows(scan, table: place).map { StatementWork.Candidate(row: $0) }
    if case .select(let query) = work.statement, !query.order.isEmpty, !scan.isInKeyOrder {
      try sort(&work, by: query, table: place, id)
    }
  }

  /// Looks at all rows at once and puts those that match in order.
  private mutating func sort(
    _ work: inout StatementWork, by query: SelectQuery, table: Int, _ id: TransactionID
  ) throws(TransactionError) {
    var found: [(candidate: StatementWork.Candidate, keys: [ColumnValue])] = []
    for candidate in work.candidates {
      guard let version = try look(at: candidate.row, table, work, query.condition, id) else {
        continue
      }
      let scope = RowScope(schema: tables[table].schema, row: version.values)
      var keys: [ColumnValue] = []
      for order in query.order { keys.append(try scope.value(order.key)) }
      found.append((StatementWork.Candidate(row: candidate.row, seen: version.place), keys))
    }
    let places = found.indices.sorted { left, right in
      for (key, order) in query.order.enumerated() {
        let (first, second) = (found[left].keys[key], found[right].keys[key])
        if first != second { return order.isDescending ? second < first : first < second }
      }
      return left < right
    }
    work.candidates = places.map { found[$0].candidate }
  }

  private mutating func advance(
    _ work: inout StatementWork, _ id: TransactionID, _ turn: inout Turn
  ) throws(TransactionError) -> StatementProgress {
    switch work.statement {
    case .select(let query): return try advance(query, &work, id, &turn)
    case .update(let command): return try advance(command, &work, id, &turn)
    case .delete(let command): return try advance(command, &work, id, &turn)
    case .insert(let command): return try advance(command, &work, id, &turn)
    case .begin, .setLevel, .commit, .rollback:
      preconditionFailure("statements about transactions are not run on tables")
    }
  }
}
