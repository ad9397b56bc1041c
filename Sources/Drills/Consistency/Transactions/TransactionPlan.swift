import Kernel
import Patterns

/// What a transaction is about to do: rows to read, and what follows from them.
struct TransactionPlan: Sendable, Hashable {
  /// What is worked out from the values read.
  enum Rule: Sendable, Hashable {
    /// Nothing is written.
    case look
    /// Adds to rows; they are not read before when the database adds.
    case add([Amount])
    /// Leaves the shift, if another doctor of it stays; the row to set.
    case leave(Int)
    /// Joins the shift; the row to set.
    case join(Int)
    /// Appends to rows, whatever was read.
    case append([Int])
  }

  /// What is to be added to a row.
  struct Amount: Sendable, Hashable {
    let row: Int
    let value: Int
  }

  /// A change of one row.
  struct Write: Sendable, Hashable {
    let row: Int
    /// The new value, or what is added to the old one.
    let value: Int
    /// Whether the database adds.
    let isAdded: Bool
  }

  /// The rows to read, in order.
  let reads: [Int]
  let rule: Rule

  /// Draws a plan.
  init(_ setup: TransactionSetup, random: inout RandomStream) {
    if random.chance(setup.audits) {
      reads = Array(0..<setup.rows)
      rule = .look
      return
    }
    switch setup.workload {
    case .counter:
      let row = random.below(setup.rows)
      reads = setup.isAtomic ? [] : [row]
      rule = .add([Amount(row: row, value: 1)])
    case .transfer:
      let from = random.below(setup.rows)
      let to = (from + 1 + random.below(setup.rows - 1)) % setup.rows
      let amount = 1 + random.below(20)
      reads = setup.isAtomic ? [] : setup.isSorted ? [from, to].sorted() : [from, to]
      rule = .add([Amount(row: from, value: -amount), Amount(row: to, value: amount)])
    case .onCall:
      let shift = random.below(setup.rows / 2)
      let doctor = shift * 2 + random.below(2)
      reads = [shift * 2, shift * 2 + 1]
      rule = random.chance(0.5) ? .leave(doctor) : .join(doctor)
    case .lists:
      let first = random.below(setup.rows)
      let second = random.below(setup.rows)
      let both = first == second ? [first] : [first, second]
      reads = setup.isSorted ? both.sorted() : both
      rule = .append(random.chance(0.5) ? [second] : [])
    }
  }

  /// What is written after the reads, `values` by row.
  func writes(_ values: [Int: Int], _ setup: TransactionSetup) -> [Write] {
    switch rule {
    case .look: return []
    case .add(let amounts):
      let writes = amounts.map { amount in
        let value = setup.isAtomic ? amount.value : (values[amount.row] ?? 0) + amount.value
        return Write(row: amount.row, value: value, isAdded: setup.isAtomic)
      }
      return setup.isSorted ? writes.sorted { $0.row < $1.row } : writes
    case .leave(let row):
      let others = reads.filter { $0 != row }.reduce(0) { $0 + (values[$1] ?? 0) }
      guard values[row] == 1, others > 0 else { return [] }
      return [Write(row: row, value: 0, isAdded: false)]
    case .join(let row):
      return values[row] == 0 ? [Write(row: row, value: 1, isAdded: false)] : []
    case .append(let rows): return rows.map { Write(row: $0, value: 1, isAdded: true) }
    }
  }
}

/// The statements of the workloads: one table whose rows hold a value and the list of everybody who
/// wrote them, by which a checker can tell versions apart.
enum TransactionStatements {
  static let schema = TableSchema("item", columns: ["id", "v", "log"], key: "id")

  static func fill(_ setup: TransactionSetup) -> Statement {
    .insert(
      InsertCommand(
        into: "item",
        rows: (0..<setup.rows).map { row in
          [
            .constant(.integer(row)), .constant(.integer(setup.firstValue)),
            .constant(.list([])),
          ]
        }))
  }

  static func read(_ row: Int, isLocking: Bool) -> Statement {
    .select(
      SelectQuery(
        [.column("v"), .column("log")], from: "item", where: .isEqual("id", .integer(row)),
        locking: isLocking ? SelectQuery.Locking(.update) : nil))
  }

  static func write(_ write: TransactionPlan.Write, token: Int) -> Statement {
    let amount = RowExpression.constant(.integer(write.value))
    let value =
      write.isAdded ? RowExpression.arithmetic(.plus, .column("v"), amount) : amount
    let log = RowExpression.arithmetic(.append, .column("log"), .constant(.integer(token)))
    return .update(
      UpdateCommand(
        "item", set: [Assignment("v", value), Assignment("log", log)],
        where: .isEqual("id", .integer(write.row))))
  }

  /// Every row, as its value and its writers, in the order of the keys.
  static let readAll = Statement.select(
    SelectQuery(
      [.column("v"), .column("log")], from: "item", order: [.init(.column("id"))]))
}
