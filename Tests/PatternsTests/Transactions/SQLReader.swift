import Patterns

/// Reads the statements of the recordings: a small part of SQL, and nothing silently.
struct SQLReader {
  /// A statement, or a change of the tables.
  enum Line {
    case statement(Statement)
    case createTable(TableSchema)
    case dropTable(String)
  }

  private var tokens: SQLTokens

  static func read(_ text: String) throws -> Line {
    var reader = SQLReader(tokens: try SQLTokens(text))
    let line = try reader.line()
    if !reader.tokens.isAtEnd { throw reader.tokens.unreadable("the end") }
    return line
  }

  private mutating func line() throws -> Line {
    if tokens.take("begin") || tokens.take("start", "transaction") {
      _ = tokens.take("transaction") || tokens.take("work")
      return .statement(try begin())
    }
    if tokens.take("commit") || tokens.take("end") { return .statement(.commit) }
    if tokens.take("rollback") || tokens.take("abort") { return .statement(.rollback) }
    if tokens.take("set", "transaction", "isolation", "level") {
      return .statement(.setLevel(try level()))
    }
    if tokens.take("create", "table") { return .createTable(try schema()) }
    if tokens.take("drop", "table") {
      _ = tokens.take("if", "exists")
      return .dropTable(try tokens.name())
    }
    if tokens.take("select") { return .statement(.select(try select())) }
    if tokens.take("insert", "into") { return .statement(.insert(try insert())) }
    if tokens.take("update") { return .statement(.update(try update())) }
    if tokens.take("delete", "from") { return .statement(.delete(try delete())) }
    throw tokens.unreadable("a statement")
  }

  private mutating func begin() throws -> Statement {
    var level = TransactionLevel.readCommitted
    var isReadOnly = false
    while !tokens.isAtEnd {
      if tokens.take("isolation", "level") {
        level = try self.level()
      } else if tokens.take("read", "only") {
        isReadOnly = true
      } else if !tokens.take("read", "write"), !tokens.take(sign: ",") {
        throw tokens.unreadable("a mode of the transaction")
      }
    }
    return .begin(level, isReadOnly: isReadOnly)
  }

  private mutating func level() throws -> TransactionLevel {
    if tokens.take("read", "committed") || tokens.take("read", "uncommitted") {
      return .readCommitted
    }
    if tokens.take("repeatable", "read") { return .repeatableRead }
    if tokens.take("serializable") { return .serializable }
    throw tokens.unreadable("an isolation level")
  }

  private mutating func schema() throws -> TableSchema {
    let name = try tokens.name()
    try tokens.expect(sign: "(")
    var columns: [String] = []
    var key: String?
    repeat {
      if tokens.take("primary", "key") {
        try tokens.expect(sign: "(")
        key = try tokens.name()
        try tokens.expect(sign: ")")
        continue
      }
      columns.append(try tokens.name())
      while let next = tokens.next, next != .sign(","), next != .sign(")") {
        if tokens.take("primary", "key") { key = columns.last } else { tokens.skip() }
      }
    } while tokens.take(sign: ",")
    try tokens.expect(sign: ")")
    return TableSchema(name, columns: columns, key: key)
  }

  private mutating func select() throws -> SelectQuery {
    var query = SelectQuery(try expressions(), from: nil)
    if tokens.take("from") { query.table = try tokens.name() }
    query.condition = try condition()
    if tokens.take("order", "by") {
      repeat {
        let key = try expression()
        let isDescending = tokens.take("desc")
        _ = tokens.take("asc")
        query.order.append(SelectQuery.Order(key, isDescending: isDescending))
      } while tokens.take(sign: ",")
    }
    if tokens.take("limit") { query.limit = try tokens.number() }
    query.locking = try locking()
    return query
  }

  private mutating func locking() throws -> SelectQuery.Locking? {
    guard tokens.take("for") else { return nil }
    let strength: RowLockStrength
    if tokens.take("update") {
      strength = .update
    } else if tokens.take("no", "key", "update") {
      strength = .noKeyUpdate
    } else if tokens.take("share") {
      strength = .share
    } else {
      try tokens.expect("key", "share")
      strength = .keyShare
    }
    if tokens.take("skip", "locked") { return SelectQuery.Locking(strength, .skipLocked) }
    if tokens.take("nowait") { return SelectQuery.Locking(strength, .noWait) }
    return SelectQuery.Locking(strength)
  }

  private mutating func insert() throws -> InsertCommand {
    var command = InsertCommand(into: try tokens.name(), rows: [])
    if tokens.take(sign: "(") {
      repeat { command.columns.append(try tokens.name()) } while tokens.take(sign: ",")
      try tokens.expect(sign: ")")
    }
    try tokens.expect("values")
    repeat {
      try tokens.expect(sign: "(")
      command.rows.append(try expressions())
      try tokens.expect(sign: ")")
    } while tokens.take(sign: ",")
    if tokens.take("on", "conflict") {
      if tokens.take(sign: "(") {
        _ = try tokens.name()
        try tokens.expect(sign: ")")
      }
      try tokens.expect("do")
      if tokens.take("nothing") {
        command.conflict = .nothing
      } else {
        try tokens.expect("update", "set")
        let assignments = try self.assignments()
        command.conflict = .update(assignments, where: try condition())
      }
    }
    command.returning = try returning()
    return command
  }

  private mutating func update() throws -> UpdateCommand {
    let table = try tokens.name()
    try tokens.expect("set")
    let assignments = try self.assignments()
    let condition = try self.condition()
    return UpdateCommand(table, set: assignments, where: condition, returning: try returning())
  }

  private mutating func delete() throws -> DeleteCommand {
    let table = try tokens.name()
    let condition = try self.condition()
    return DeleteCommand(from: table, where: condition, returning: try returning())
  }

  private mutating func assignments() throws -> [Assignment] {
    var assignments: [Assignment] = []
    repeat {
      let column = try tokens.name()
      try tokens.expect(sign: "=")
      assignments.append(Assignment(column, try expression()))
    } while tokens.take(sign: ",")
    return assignments
  }

  private mutating func returning() throws -> [RowExpression]? {
    tokens.take("returning") ? try expressions() : nil
  }

  private mutating func condition() throws -> RowExpression? {
    tokens.take("where") ? try expression() : nil
  }

  private mutating func expressions() throws -> [RowExpression] {
    if tokens.take(sign: "*") { return [] }
    var expressions: [RowExpression] = []
    repeat {
      expressions.append(try expression())
      if tokens.take("as") { _ = try tokens.name() }
    } while tokens.take(sign: ",")
    return expressions
  }

  // MARK: Expressions, loosest first

  private mutating func expression() throws -> RowExpression {
    var left = try conjunction()
    while tokens.take("or") { left = .or(left, try conjunction()) }
    return left
  }

  private mutating func conjunction() throws -> RowExpression {
    var left = try negation()
    while tokens.take("and") { left = .and(left, try negation()) }
    return left
  }

  private mutating func negation() throws -> RowExpression {
    tokens.take("not") ? .not(try negation()) : try comparison()
  }

  private mutating func comparison() throws -> RowExpression {
    let left = try sum()
    if tokens.take("is") {
      let isNegated = tokens.take("not")
      try tokens.expect("null")
      return isNegated ? .not(.isNull(left)) : .isNull(left)
    }
    if tokens.take("between") {
      let low = try sum()
      try tokens.expect("and")
      return .and(.comparison(.atLeast, left, low), .comparison(.atMost, left, try sum()))
    }
    if tokens.take("in") {
      try tokens.expect(sign: "(")
      let choices = try expressions().map { RowExpression.comparison(.equal, left, $0) }
      try tokens.expect(sign: ")")
      return choices.dropFirst().reduce(choices[0]) { .or($0, $1) }
    }
    let kinds: [(String, RowExpression.Comparison)] = [
      ("=", .equal), ("<>", .notEqual), ("!=", .notEqual), ("<=", .atMost), (">=", .atLeast),
      ("<", .less), (">", .greater),
    ]
    for (sign, kind) in kinds where tokens.take(sign: sign) {
      return .comparison(kind, left, try sum())
    }
    return left
  }

  private mutating func sum() throws -> RowExpression {
    var left = try product()
    while true {
      if tokens.take(sign: "+") {
        left = .arithmetic(.plus, left, try product())
      } else if tokens.take(sign: "-") {
        left = .arithmetic(.minus, left, try product())
      } else if tokens.take(sign: "||") {
        left = .arithmetic(.append, left, try product())
      } else {
        return left
      }
    }
  }

  private mutating func product() throws -> RowExpression {
    var left = try factor()
    while true {
      if tokens.take(sign: "*") {
        left = .arithmetic(.times, left, try factor())
      } else if tokens.take(sign: "/") {
        left = .arithmetic(.over, left, try factor())
      } else if tokens.take(sign: "%") {
        left = .arithmetic(.modulo, left, try factor())
      } else {
        return left
      }
    }
  }

  private mutating func factor() throws -> RowExpression {
    let value = try primary()
    // The type of a cast is what the value has already, or the sum of small numbers.
    while tokens.take(sign: "::") { _ = try tokens.name() }
    return value
  }

  private mutating func primary() throws -> RowExpression {
    if tokens.take(sign: "-") { return .arithmetic(.minus, .constant(.integer(0)), try factor()) }
    if tokens.take(sign: "(") {
      let isQuery = tokens.take("select")
      let inner = isQuery ? RowExpression.query(try select()) : try expression()
      try tokens.expect(sign: ")")
      return inner
    }
    switch tokens.next {
    case .number(let number):
      tokens.skip()
      return .constant(.integer(number))
    case .text(let text):
      tokens.skip()
      return .constant(.text(text))
    case .word: return try named(try tokens.name())
    case .sign, nil: throw tokens.unreadable("a value")
    }
  }

  private mutating func named(_ name: String) throws -> RowExpression {
    switch name {
    case "true": return .constant(.flag(true))
    case "false": return .constant(.flag(false))
    case "null": return .constant(.null)
    default: break
    }
    if let kind = RowExpression.Aggregate(rawValue: name), tokens.take(sign: "(") {
      let inner = tokens.take(sign: "*") ? nil : try expression()
      try tokens.expect(sign: ")")
      return .aggregate(kind, inner)
    }
    if tokens.take(sign: ".") {
      let column = try tokens.name()
      return name == "excluded" ? .excluded(column) : .column(column)
    }
    return .column(name)
  }
}
