import Kernel

/// A clock that stays near the wall clock and never puts an effect before its cause.
///
/// Source: Kulkarni, Demirbas et al., "Logical physical clocks and consistent snapshots in globally
/// distributed databases" (2014), figure 5.
public struct HybridClock: Sendable, Hashable {
  /// The clock's node, which breaks ties.
  public let node: NodeID
  /// How far a stamp may be ahead of the own wall clock to be taken in; nil is any distance.
  public let tolerance: TimeSpan?
  /// The last stamp.
  public private(set) var last: HybridStamp

  /// The clock of `node` before any event.
  public init(_ node: NodeID, tolerance: TimeSpan? = nil) {
    self.node = node
    self.tolerance = tolerance
    last = HybridStamp(wall: .zero, logical: 0, node: node)
  }

  /// Stamps an event of this node while its wall clock reads `wall`.
  public mutating func tick(at wall: Instant) -> HybridStamp {
    let isAhead = wall > last.wall
    last = HybridStamp(
      wall: max(wall, last.wall), logical: isAhead ? 0 : last.logical + 1, node: node)
    return last
  }

  /// Stamps the arrival of a message that was stamped `stamp`, or nil when that stamp is further
  /// ahead than the clock tolerates; the clock then stays as it is.
  public mutating func receive(_ stamp: HybridStamp, at wall: Instant) -> HybridStamp? {
    if let tolerance, stamp.wall > wall, stamp.wall - wall > tolerance { return nil }
    let newest = max(wall, max(last.wall, stamp.wall))
    var logical = -1
    if newest == last.wall { logical = max(logical, last.logical) }
    if newest == stamp.wall { logical = max(logical, stamp.logical) }
    last = HybridStamp(wall: newest, logical: logical + 1, node: node)
    return last
  }
}

/// A stamp of a hybrid clock; later than that of everything it depends on.
public struct HybridStamp: Sendable, Hashable, Comparable {
  /// The newest wall clock that it knows of.
  public let wall: Instant
  /// Counts events within one reading of that clock.
  public let logical: Int
  /// The node that breaks ties.
  public let node: NodeID

  /// A stamp.
  public init(wall: Instant, logical: Int, node: NodeID) {
    self.wall = wall
    self.logical = logical
    self.node = node
  }

  /// By wall clock, then by count, then by node.
  public static func < (left: HybridStamp, right: HybridStamp) -> Bool {
    (left.wall, left.logical, left.node) < (right.wall, right.logical, right.node)
  }
}
