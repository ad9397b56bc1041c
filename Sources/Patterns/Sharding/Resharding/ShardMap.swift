import Kernel

/// Who owns which key, as of one epoch: the map that routers copy and a resharding moves on.
///
/// While keys move, the map holds the placement from before, the one to come, and which parcels of
/// the moving keys have changed hands already. Each change counts the epoch up, so that the newer of
/// two maps is known. **One owner:** at every epoch every key has exactly one owner.
///
/// Source: the config version of MongoDB's chunks, Vitess' routing rules and Redis Cluster's
/// `configEpoch` play this part.
public struct ShardMap: Sendable, Equatable {
  /// Counted up with every change.
  public private(set) var epoch = 1
  /// Where keys live, or will live once the move under way is over.
  public private(set) var placement: Placement
  /// Where keys lived before the move under way; nil while nothing moves.
  public private(set) var previous: Placement?
  /// For each parcel whether it has changed hands; empty while nothing moves.
  public private(set) var committed: [Bool] = []

  /// The first map.
  public init(_ placement: Placement) { self.placement = placement }

  /// Whether keys are on the move.
  public var isMoving: Bool { previous != nil }

  /// The owner of `key`; allocates nothing.
  public func owner(of key: ShardKey) -> NodeID {
    guard let previous else { return placement.shard(for: key) }
    return committed[parcel(of: key)] ? placement.shard(for: key) : previous.shard(for: key)
  }

  /// From where to where `key` moves, and in which parcel; nil when it stays.
  public func move(of key: ShardKey) -> (source: NodeID, target: NodeID, parcel: Int)? {
    guard let previous else { return nil }
    let source = previous.shard(for: key)
    let target = placement.shard(for: key)
    return source == target ? nil : (source, target, parcel(of: key))
  }

  /// The parcel that `key` moves in, if it moves at all.
  public func parcel(of key: ShardKey) -> Int {
    // The hash decides the shard already, so it is mixed once more.
    Int(XXHash64.hash(word: key.hash, seed: 0x9a_9ce1) % UInt64(committed.count))
  }

  /// Stores `key` where new keys go, and returns its owner.
  public mutating func place(_ key: ShardKey) -> NodeID {
    if previous != nil { _ = previous?.place(key) }
    _ = placement.place(key)
    return owner(of: key)
  }

  /// Begins to move to `next` in `parcels` steps; nothing may be on the move.
  public mutating func begin(_ next: Placement, parcels: Int) {
    precondition(!isMoving && parcels > 0, "one move at a time, in at least one parcel")
    previous = placement
    placement = next
    committed = [Bool](repeating: false, count: parcels)
    epoch += 1
  }

  /// Hands the keys of `parcel` over; after the last one the move is over.
  public mutating func commit(_ parcel: Int) {
    precondition(isMoving && !committed[parcel], "a parcel changes hands once")
    committed[parcel] = true
    epoch += 1
    if committed.allSatisfy(\.self) {
      previous = nil
      committed = []
    }
  }

  /// Changes to `next` at once, without moving what is stored: what a cache does.
  public mutating func replace(with next: Placement) {
    precondition(!isMoving, "one move at a time")
    placement = next
    epoch += 1
  }
}
