/// What the disk of a node keeps.
public struct QuorumStorage: Sendable, Hashable {
  /// One write to the disk.
  public enum Record: Sendable, Hashable {
    /// The key holds this; nil is nothing.
    case cell(key: Int, QuorumCell?)
    /// A hint to keep.
    case hint(QuorumHint)
    /// A hint that is done.
    case hintDone(QuorumHint)
  }

  /// What is held, by key.
  public private(set) var cells: [Int: QuorumCell] = [:]
  /// What is kept for others, oldest first.
  public private(set) var hints: [QuorumHint] = []

  /// An empty disk.
  public init() {}

  /// Takes in a write that is durable.
  public mutating func apply(_ record: Record) {
    switch record {
    case .cell(let key, let cell): cells[key] = cell
    case .hint(let hint): hints.append(hint)
    case .hintDone(let hint): hints.removeAll { $0 == hint }
    }
  }
}
