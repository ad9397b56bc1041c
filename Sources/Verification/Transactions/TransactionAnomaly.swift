/// Something that transactions saw and that isolation should have kept from them.
///
/// Sources: Adya, Liskov and O'Neil, "Generalized isolation level definitions" (2000), for G0 to
/// G2; Berenson and others, "A critique of ANSI SQL isolation levels" (1995), for lost update and
/// write skew; Kingsbury and Alvaro (2020) for what lists show besides.
public struct TransactionAnomaly: Sendable, Hashable {
  /// What kind it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// A read shows an element that nobody appended.
    case garbageRead
    /// A read shows an element twice.
    case duplicateElement
    /// Two reads show orders of which neither begins the other.
    case incompatibleOrder
    /// A read does not show what its own transaction read or appended before.
    case internalInconsistency
    /// Transactions overwrite each other in a circle.
    case g0
    /// A read shows what an aborted transaction appended.
    case g1a
    /// A read shows what a transaction appended before its last append to the list.
    case g1b
    /// Information flows in a circle: of overwriting and reading, with reading.
    case g1c
    /// Two transactions read one version of a list and both append to it.
    case lostUpdate
    /// A circle in which exactly one transaction does not see what another appended.
    case gSingle
    /// Two transactions read what the other is about to append to, each another list.
    case writeSkew
    /// A circle in which several transactions do not see what others appended.
    case g2Item
  }

  /// What kind it is.
  public let kind: Kind
  /// The circle, dependency after dependency; empty for what needs none.
  public let cycle: [Dependency]
  /// The transactions that take part, as indices into the history, in the order of the circle.
  public let transactions: [Int]
  /// Why it is so, sentence by sentence; `T3` is the transaction with the index 3.
  public let proof: [String]
}

/// The isolation levels that anomalies tell apart, each stronger than the ones before.
public enum IsolationLevel: String, Sendable, Hashable, CaseIterable {
  /// Adya's PL-1.
  case readUncommitted
  /// Adya's PL-2.
  case readCommitted
  /// Snapshot isolation, which allows write skew.
  case snapshotIsolation
  /// Adya's PL-3.
  case serializable
}

extension TransactionAnomaly.Kind {
  /// The weakest of the levels that rules the anomaly out.
  public var brokenLevel: IsolationLevel {
    switch self {
    case .garbageRead, .duplicateElement, .incompatibleOrder, .internalInconsistency, .g0:
      .readUncommitted
    case .g1a, .g1b, .g1c: .readCommitted
    case .lostUpdate, .gSingle: .snapshotIsolation
    case .writeSkew, .g2Item: .serializable
    }
  }

  /// The name in the literature.
  public var title: String {
    switch self {
    case .garbageRead: "garbage read"
    case .duplicateElement: "duplicate element"
    case .incompatibleOrder: "incompatible order"
    case .internalInconsistency: "internal inconsistency"
    case .g0: "G0 (write cycle)"
    case .g1a: "G1a (aborted read)"
    case .g1b: "G1b (intermediate read)"
    case .g1c: "G1c (circular information flow)"
    case .lostUpdate: "lost update"
    case .gSingle: "G-single (read skew)"
    case .writeSkew: "write skew (G2-item)"
    case .g2Item: "G2-item (anti-dependency cycle)"
    }
  }
}

/// That one transaction comes before another, and why.
public struct Dependency: Sendable, Hashable {
  /// What ties them.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// The target appended right behind what the source appended.
    case writeWrite = "ww"
    /// The target read what the source appended last.
    case writeRead = "wr"
    /// The source read the list as it was before the target appended.
    case readWrite = "rw"
  }

  /// The transaction that comes before, as an index into the history.
  public let source: Int
  /// The transaction that comes after, as an index into the history.
  public let target: Int
  /// What ties them.
  public let kind: Kind
  /// The list.
  public let key: Datum
  /// The last element of the version that the tie begins with; nil for an empty list.
  public let before: Datum?
  /// The element appended by the target; nil for a read.
  public let after: Datum?

  /// Why the source comes before the target.
  public var reason: String {
    let version = before.map(\.description) ?? "nothing"
    let element = after.map(\.description) ?? "nothing"
    switch kind {
    case .writeWrite:
      return "T\(target) appended \(element) to \(key) after T\(source) appended \(version)"
    case .writeRead:
      return "T\(target) read \(key) as T\(source) left it by appending \(version)"
    case .readWrite:
      let seen = before == nil ? "when it was empty" : "up to \(version)"
      return "T\(source) read \(key) \(seen), without T\(target)'s append of \(element)"
    }
  }
}
