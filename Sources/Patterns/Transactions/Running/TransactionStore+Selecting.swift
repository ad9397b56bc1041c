import Kernel

extension TransactionStore {
  /// Reads, and locks what is read if the query says so.
  mutating func advance(
    _ query: SelectQuery, _ work: inout StatementWork, _ id: TransactionID, _ turn: inout Turn
  ) throws(TransactionError) -> StatementProgress {
    guard let name = query.table else {
      return .finished(.rows([try constants(query.targets)]))
    }
    let table = try table(name)
    while work.cursor < work.candidates.count, work.shown.count < query.limit ?? .max {
      let candidate = work.candidates[work.cursor]
      var seen = candidate.seen
      if seen == nil {
        seen = try look(at: candidate.row, table, work, query.condition, id)?.place
        work.candidates[work.cursor].seen = seen
      }
      if let seen {
        let place = RowPlace(table: table, row: candidate.row)
        if let locking = query.locking {
          switch try claim(
            place, seen: seen, locking.strength, locking.policy, query.condition, id, &turn)
          {
          case .held: return .blocked(.row(place, locking.strength))
          case .skipped: break
          case .taken(let values): work.shown.append(values)
          }
        } else if let version = tables[table].rows[candidate.row].versions.first(where: {
          $0.place == seen
        }) {
          work.shown.append(version.values)
        }
      }
      work.cursor += 1
    }
    return .finished(.rows(try projected(work.shown, query, table)))
  }

  private func constants(
    _ targets: [RowExpression]
  ) throws(TransactionError) -> [ColumnValue] {
    var values: [ColumnValue] = []
    for target in targets { values.append(try RowScope(schema: nil).value(target)) }
    return values
  }

  private func projected(
    _ rows: [[ColumnValue]], _ query: SelectQuery, _ table: Int
  ) throws(TransactionError) -> [[ColumnValue]] {
    guard query.targets.contains(where: \.isAggregate) else {
      var projected: [[ColumnValue]] = []
      for row in rows { projected.append(try shown(query.targets, row, table)) }
      return projected
    }
    let scope = RowScope(schema: tables[table].schema, group: rows)
    var values: [ColumnValue] = []
    for target in query.targets { values.append(try scope.value(target)) }
    return [values]
  }

  /// The single value that a query inside an expression gives.
  mutating func answer(
    _ query: SelectQuery, _ snapshot: Snapshot, _ id: TransactionID
  ) throws(TransactionError) -> ColumnValue {
    var query = query
    query.locking = nil
    var work = StatementWork(
      statement: .select(query), snapshot: snapshot, lockTimeout: .zero)
    try prepare(&work, id)
    var turn = Turn(now: .zero)
    guard case .finished(.rows(let rows)) = try advance(query, &work, id, &turn) else {
      preconditionFailure("a query without locks never waits")
    }
    guard rows.count < 2 else {
      throw TransactionError(
        .cardinality, "more than one row returned by a subquery used as an expression")
    }
    return rows.first?.first ?? .null
  }
}
