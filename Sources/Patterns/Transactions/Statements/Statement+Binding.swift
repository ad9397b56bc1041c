extension Statement {
  /// The statement with every query inside its expressions replaced by what `answer` says of it.
  func bound(
    _ answer: (SelectQuery) throws(TransactionError) -> ColumnValue
  ) throws(TransactionError) -> Statement {
    switch self {
    case .begin, .setLevel, .commit, .rollback: return self
    case .select(var query):
      query.condition = try query.condition?.bound(answer)
      query.targets = try query.targets.bound(answer)
      return .select(query)
    case .update(var command):
      command.condition = try command.condition?.bound(answer)
      command.assignments = try command.assignments.bound(answer)
      command.returning = try command.returning?.bound(answer)
      return .update(command)
    case .delete(var command):
      command.condition = try command.condition?.bound(answer)
      command.returning = try command.returning?.bound(answer)
      return .delete(command)
    case .insert(var command):
      for place in command.rows.indices {
        command.rows[place] = try command.rows[place].bound(answer)
      }
      if case .update(let assignments, let condition) = command.conflict {
        command.conflict = .update(
          try assignments.bound(answer), where: try condition?.bound(answer))
      }
      command.returning = try command.returning?.bound(answer)
      return .insert(command)
    }
  }
}

extension [RowExpression] {
  fileprivate func bound(
    _ answer: (SelectQuery) throws(TransactionError) -> ColumnValue
  ) throws(TransactionError) -> [RowExpression] {
    var bound = self
    for place in indices { bound[place] = try self[place].bound(answer) }
    return bound
  }
}

extension [Assignment] {
  fileprivate func bound(
    _ answer: (SelectQuery) throws(TransactionError) -> ColumnValue
  ) throws(TransactionError) -> [Assignment] {
    var bound = self
    for place in indices { bound[place].value = try self[place].value.bound(answer) }
    return bound
  }
}
