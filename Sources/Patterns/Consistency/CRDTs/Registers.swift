import Kernel

/// A register in which the highest stamp wins; of two concurrent writes one is lost without a word.
public struct LastWriteWinsRegister<Value: Sendable & Hashable>: ReplicatedData {
  /// Writes.
  public enum Operation: Sendable, Hashable {
    /// Holds `value` if `time`, the writer's clock, is the highest so far; ties go to the higher node.
    case write(Value, time: Instant)
  }

  /// A write.
  public struct Write: Sendable, Hashable {
    /// What was written.
    public let value: Value
    /// When, by the writer's clock.
    public let time: Instant
    /// Where, which breaks ties.
    public let node: NodeID
  }

  /// The write that wins; nil before the first.
  public private(set) var winner: Write?

  /// Nothing was written.
  public init() {}

  /// The value of the write that wins.
  public var value: Value? { winner?.value }

  /// Keeps the write with the higher stamp.
  public mutating func merge(_ other: LastWriteWinsRegister) {
    guard let theirs = other.winner else { return }
    guard let mine = winner else {
      winner = theirs
      return
    }
    if (mine.time, mine.node) < (theirs.time, theirs.node) { winner = theirs }
  }

  /// The write alone.
  public func delta(of operation: Operation, at node: NodeID) -> LastWriteWinsRegister {
    let (value, time) =
      switch operation {
      case .write(let value, let time): (value, time)
      }
    var delta = LastWriteWinsRegister()
    delta.winner = Write(value: value, time: time, node: node)
    return delta
  }

  /// Keeps its own write when the clocks tie: the mutant's merge, where the order of arrival decides.
  mutating func mergeByArrival(_ other: LastWriteWinsRegister) {
    guard let theirs = other.winner else { return }
    if let mine = winner, mine.time > theirs.time { return }
    winner = theirs
  }
}

/// A register that keeps every write which nobody has seen overwritten.
public struct MultiValueRegister<Value: Sendable & Hashable>: ReplicatedData {
  /// Writes.
  public enum Operation: Sendable, Hashable {
    /// Replaces everything that this replica holds.
    case write(Value)
  }

  private var siblings = DottedValues<Value>()

  /// Nothing was written.
  public init() {}

  /// What was written at the same time, by dot; one value when nothing is in conflict.
  public var values: [Value] { siblings.entries.map(\.value) }

  /// Keeps what neither has seen overwritten.
  public mutating func merge(_ other: MultiValueRegister) { siblings.merge(other.siblings) }

  /// The write in place of what is held.
  public func delta(of operation: Operation, at node: NodeID) -> MultiValueRegister {
    let value =
      switch operation {
      case .write(let value): value
      }
    var delta = MultiValueRegister()
    delta.siblings = siblings.putting(value, at: node) { _ in true }
    return delta
  }
}
