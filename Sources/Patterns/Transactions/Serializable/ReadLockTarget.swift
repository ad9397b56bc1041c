/// What an SIREAD lock is on, from fine to coarse.
///
/// Source: postgres/postgres, src/backend/storage/lmgr/predicate.c and README-SSI.
public enum ReadLockTarget: Sendable, Hashable {
  /// A version of a row of a table, with its page.
  case version(table: Int, page: Int, place: Int)
  /// A page of a table.
  case page(table: Int, page: Int)
  /// A whole table.
  case relation(table: Int)
  /// A leaf page of the index of a table's key.
  case leaf(table: Int, page: Int)

  /// The target that covers this one and the next finer ones, if any.
  var parent: ReadLockTarget? {
    switch self {
    case .version(let table, let page, _): .page(table: table, page: page)
    case .page(let table, _): .relation(table: table)
    case .relation, .leaf: nil
    }
  }

  var isVersion: Bool { if case .version = self { true } else { false } }
}
