import Kernel

extension TransactionStore {
  /// Changes rows.
  mutating func advance(
    _ command: UpdateCommand, _ work: inout StatementWork, _ id: TransactionID,
    _ turn: inout Turn
  ) throws(TransactionError) -> StatementProgress {
    let table = try table(command.table)
    let schema = tables[table].schema
    let isKeySet = command.assignments.contains { schema.key == schema.place(of: $0.column) }
    let strength: RowLockStrength = isKeySet && schema.key != nil ? .update : .noKeyUpdate
    while work.cursor < work.candidates.count {
      let row = work.candidates[work.cursor].row
      switch try claim(work.cursor, command.condition, strength, table, &work, id, &turn) {
      case .held: return .blocked(.row(RowPlace(table: table, row: row), strength))
      case .skipped: break
      case .taken(let values):
        let changed = try changed(values, by: command.assignments, RowScope(schema: schema))
        if let key = tables[table].key(of: changed), key != tables[table].key(of: values) {
          switch owner(of: key, table, id) {
          case .nobody: break
          case .undecided(let other): return .blocked(.transaction(other))
          case .row:
            try ledger.write(by: id, to: [leaf(key, table)])
            throw .duplicate(command.table)
          }
        }
        try write(changed, over: RowPlace(table: table, row: row), id)
        try note(changed, command.returning, table, &work)
      }
      work.cursor += 1
    }
    return .finished(reply("UPDATE", work, command.returning))
  }

  /// Removes rows.
  mutating func advance(
    _ command: DeleteCommand, _ work: inout StatementWork, _ id: TransactionID,
    _ turn: inout Turn
  ) throws(TransactionError) -> StatementProgress {
    let table = try table(command.table)
    while work.cursor < work.candidates.count {
      let place = RowPlace(table: table, row: work.candidates[work.cursor].row)
      switch try claim(work.cursor, command.condition, .update, table, &work, id, &turn) {
      case .held: return .blocked(.row(place, .update))
      case .skipped: break
      case .taken(let values):
        try write(nil, over: place, id)
        try note(values, command.returning, table, &work)
      }
      work.cursor += 1
    }
    return .finished(reply("DELETE", work, command.returning))
  }

  /// Looks at the row of a candidate if that was not done before, and locks it if it matches.
  private mutating func claim(
    _ cursor: Int, _ condition: RowExpression?, _ strength: RowLockStrength, _ table: Int,
    _ work: inout StatementWork, _ id: TransactionID, _ turn: inout Turn
  ) throws(TransactionError) -> RowClaim {
    let candidate = work.candidates[cursor]
    if candidate.seen == nil {
      work.candidates[cursor].seen =
        try look(at: candidate.row, table, work, condition, id)?.place
    }
    guard let seen = work.candidates[cursor].seen else { return .skipped }
    let place = RowPlace(table: table, row: candidate.row)
    return try claim(place, seen: seen, strength, nil, condition, id, &turn)
  }

  /// Adds rows; a row whose key exists does what ON CONFLICT says.
  mutating func advance(
    _ command: InsertCommand, _ work: inout StatementWork, _ id: TransactionID,
    _ turn: inout Turn
  ) throws(TransactionError) -> StatementProgress {
    let table = try table(command.table)
    while work.cursor < command.rows.count {
      let values = try values(command.rows[work.cursor], command, table)
      if let key = tables[table].key(of: values) {
        switch owner(of: key, table, id) {
        case .nobody: break
        case .undecided(let other): return .blocked(.transaction(other))
        case .row(let row):
          let place = RowPlace(table: table, row: row)
          if try meet(place, values, command, &work, id, &turn) == .held {
            return .blocked(.row(place, .noKeyUpdate))
          }
          work.cursor += 1
          continue
        }
      }
      try ledger.write(by: id, to: [.relation(table: table)])
      if let key = tables[table].key(of: values) {
        try ledger.write(by: id, to: [leaf(key, table)])
      }
      let row = tables[table].insert(values, by: id)
      lock(RowPlace(table: table, row: row), .update, for: id)
      try note(values, command.returning, table, &work)
      work.cursor += 1
    }
    return .finished(reply("INSERT 0", work, command.returning))
  }

  private enum Meeting { case done, held }

  /// A row with the key exists, committed or of the same transaction.
  private mutating func meet(
    _ place: RowPlace, _ values: [ColumnValue], _ command: InsertCommand,
    _ work: inout StatementWork, _ id: TransactionID, _ turn: inout Turn
  ) throws(TransactionError) -> Meeting {
    let content = tables[place.table].rows[place.row]
    let isStrict = transactions[id]?.level != .readCommitted
    let isSeen = visible(content, work.snapshot, id) == content.versions.indices.last
    switch command.conflict {
    case .fail:
      // A serialization failure is told before the duplicate, so that a retry finds out more.
      if let key = tables[place.table].key(of: values) {
        try ledger.write(by: id, to: [leaf(key, place.table)])
      }
      throw .duplicate(command.table)
    case .nothing:
      if isStrict, !isSeen { throw .concurrentUpdate }
    case .update(let assignments, let condition):
      if holder(of: place, against: .noKeyUpdate, for: id) != nil { return .held }
      if isStrict, !isSeen { throw .concurrentUpdate }
      guard let last = content.versions.last else { return .done }
      lock(place, .noKeyUpdate, for: id)
      var scope = RowScope(schema: tables[place.table].schema, row: last.values)
      scope.excluded = values
      guard try scope.holds(condition) else { return .done }
      let changed = try changed(last.values, by: assignments, scope)
      try write(changed, over: place, id)
      try note(changed, command.returning, place.table, &work)
    }
    return .done
  }

  private enum KeyOwner { case nobody, undecided(TransactionID), row(Int) }

  /// Who has a key: nobody, a row, or whoever a transaction under way leaves with it.
  ///
  /// Source: postgres/postgres, _bt_check_unique in src/backend/access/nbtree/nbtinsert.c.
  private func owner(of key: ColumnValue, _ table: Int, _ id: TransactionID) -> KeyOwner {
    for row in tables[table].rowsByKey[key] ?? [] {
      for version in tables[table].rows[row].versions
      where tables[table].key(of: version.values) == key {
        if version.creator != id, transactions[version.creator] != nil {
          return .undecided(version.creator)
        }
        guard let ender = version.ender else { return .row(row) }
        if ender != id, transactions[ender] != nil { return .undecided(ender) }
      }
    }
    return .nobody
  }

  private func values(
    _ row: [RowExpression], _ command: InsertCommand, _ table: Int
  ) throws(TransactionError) -> [ColumnValue] {
    let schema = tables[table].schema
    let columns = command.columns.isEmpty ? schema.columns : command.columns
    guard row.count <= columns.count else {
      throw TransactionError(.typeMismatch, "INSERT has more expressions than target columns")
    }
    var values = [ColumnValue](repeating: .null, count: schema.columns.count)
    for (column, expression) in zip(columns, row) {
      guard let place = schema.place(of: column) else {
        throw TransactionError(
          .undefinedColumn,
          "column \"\(column)\" of relation \"\(schema.name)\" does not exist")
      }
      values[place] = try RowScope(schema: nil).value(expression)
    }
    return values
  }

  private func changed(
    _ values: [ColumnValue], by assignments: [Assignment], _ scope: RowScope
  ) throws(TransactionError) -> [ColumnValue] {
    var scope = scope
    scope.row = values
    var changed = values
    for assignment in assignments {
      guard let place = scope.schema?.place(of: assignment.column) else {
        throw TransactionError(
          .undefinedColumn, "column \"\(assignment.column)\" does not exist")
      }
      changed[place] = try scope.value(assignment.value)
    }
    return changed
  }

  private func note(
    _ values: [ColumnValue], _ returning: [RowExpression]?, _ table: Int,
    _ work: inout StatementWork
  ) throws(TransactionError) {
    work.count += 1
    if let returning { work.shown.append(try shown(returning, values, table)) }
  }

  private func reply(
    _ tag: String, _ work: StatementWork, _ returning: [RowExpression]?
  ) -> StatementReply {
    returning == nil ? .done("\(tag) \(work.count)") : .rows(work.shown)
  }
}
