import Kernel

/// A counter that is ahead of everything it has heard of, so that causes count less than effects.
///
/// Source: Lamport, "Time, clocks, and the ordering of events in a distributed system" (1978).
public struct LamportClock: Sendable, Hashable {
  /// The clock's node, which breaks ties.
  public let node: NodeID
  /// The count of the last event; 0 before the first.
  public private(set) var time = 0

  /// The clock of `node` before any event.
  public init(_ node: NodeID) { self.node = node }

  /// Stamps an event of this node, such as a sending.
  public mutating func tick() -> LamportStamp {
    time += 1
    return LamportStamp(time: time, node: node)
  }

  /// Stamps the arrival of a message that was stamped `stamp`.
  public mutating func receive(_ stamp: LamportStamp) -> LamportStamp {
    time = max(time, stamp.time)
    return tick()
  }
}

/// A place in one total order that respects causality; concurrent events stand by node.
public struct LamportStamp: Sendable, Hashable, Comparable {
  /// The count.
  public let time: Int
  /// The node that breaks ties.
  public let node: NodeID

  /// The stamp `time` of `node`.
  public init(time: Int, node: NodeID) {
    self.time = time
    self.node = node
  }

  /// By count, then by node.
  public static func < (left: LamportStamp, right: LamportStamp) -> Bool {
    (left.time, left.node) < (right.time, right.node)
  }
}

/// A clock of one counter for each process: it tells what happened before what, and what neither.
///
/// Source: Fidge (1988); Mattern, "Virtual time and global states of distributed systems" (1989).
public struct VectorClock: Sendable, Hashable {
  /// The clock's process.
  public let node: NodeID
  /// The events of each process that are in the past of this one, its own included.
  public private(set) var time = VersionVector()

  /// The clock of `node` before any event.
  public init(_ node: NodeID) { self.node = node }

  /// Stamps an event of this process, such as a sending.
  public mutating func tick() -> VersionVector {
    time.increment(node)
    return time
  }

  /// Stamps the arrival of a message that was stamped `stamp`.
  public mutating func receive(_ stamp: VersionVector) -> VersionVector {
    time.merge(stamp)
    return tick()
  }
}
