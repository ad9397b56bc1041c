/// A value in a column.
public enum ColumnValue: Sendable, Hashable {
  /// No value.
  case null
  /// A whole number.
  case integer(Int)
  /// True or false.
  case flag(Bool)
  /// A text.
  case text(String)
  /// A list of whole numbers: PostgreSQL's `int[]`.
  case list([Int])
}

extension ColumnValue: Comparable {
  /// Whether the left value comes first; values of one kind by their own order, null last.
  public static func < (left: ColumnValue, right: ColumnValue) -> Bool {
    switch (left, right) {
    case (.integer(let left), .integer(let right)): left < right
    case (.text(let left), .text(let right)): left < right
    case (.flag(let left), .flag(let right)): !left && right
    case (.list(let left), .list(let right)): left.lexicographicallyPrecedes(right)
    default: left.rank < right.rank
    }
  }

  private var rank: Int {
    switch self {
    case .flag: 0
    case .integer: 1
    case .text: 2
    case .list: 3
    case .null: 4
    }
  }
}

extension ColumnValue: CustomStringConvertible {
  /// The value as people write it.
  public var description: String {
    switch self {
    case .null: "null"
    case .integer(let value): "\(value)"
    case .flag(let value): value ? "true" : "false"
    case .text(let text): text
    case .list(let items): "{" + items.map(String.init).joined(separator: ",") + "}"
    }
  }
}
