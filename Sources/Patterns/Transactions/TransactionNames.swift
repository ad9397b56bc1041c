/// A client's connection to the store, as people name it: `t1`.
public struct SessionID: Sendable, Hashable, Comparable {
  /// The name.
  public let name: String

  /// The session called `name`.
  public init(_ name: String) { self.name = name }

  /// Whether the left name comes first.
  public static func < (left: SessionID, right: SessionID) -> Bool { left.name < right.name }
}

extension SessionID: CustomStringConvertible {
  /// The name.
  public var description: String { name }
}

/// A transaction, counted in the order of beginning; never used twice.
public struct TransactionID: Sendable, Hashable, Comparable {
  /// Counted from 1.
  public let number: Int

  /// The transaction that began as number `number`.
  public init(_ number: Int) { self.number = number }

  /// Whether the left transaction began first.
  public static func < (left: TransactionID, right: TransactionID) -> Bool {
    left.number < right.number
  }
}

/// How well a transaction is kept apart from others: the levels that PostgreSQL tells apart.
public enum TransactionLevel: String, Sendable, Hashable, CaseIterable {
  /// Each statement sees what was committed when the statement began.
  case readCommitted = "READ COMMITTED"
  /// The whole transaction sees what was committed at its first statement: snapshot isolation.
  case repeatableRead = "REPEATABLE READ"
  /// As if transactions had run one after the other: serializable snapshot isolation.
  case serializable = "SERIALIZABLE"

  /// The level as a knob's word, as in `repeatable-read`.
  public var word: String {
    switch self {
    case .readCommitted: "read-committed"
    case .repeatableRead: "repeatable-read"
    case .serializable: "serializable"
    }
  }

  /// The level that `word` names, if any.
  public init?(word: String) {
    guard let level = Self.allCases.first(where: { $0.word == word }) else { return nil }
    self = level
  }
}
