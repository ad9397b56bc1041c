import Kernel

/// What has to move, cut into parcels that change hands one by one.
public struct ReshardingPlan: Sendable, Equatable {
  /// Keys that go from one shard to another.
  public struct Flow: Sendable, Hashable {
    /// Where they are.
    public let source: NodeID
    /// Where they go.
    public let target: NodeID
    /// Which, in the order they are copied.
    public let keys: [Int]
  }

  /// For each parcel of the map, the flows in it, by source and then target; it may be empty.
  public let parcels: [[Flow]]

  /// The plan of the move that `map` is in, for `keys`, which are numbered by their place.
  public init(_ map: ShardMap, keys: [ShardKey]) {
    var moves: [[(source: NodeID, target: NodeID, key: Int)]] = .init(
      repeating: [], count: map.committed.count)
    for (index, key) in keys.enumerated() {
      if let move = map.move(of: key) {
        moves[move.parcel].append((move.source, move.target, index))
      }
    }
    parcels = moves.map { parcel in
      let sorted = parcel.sorted { ($0.source, $0.target, $0.key) < ($1.source, $1.target, $1.key) }
      var flows: [Flow] = []
      var start = 0
      for end in 1...max(1, sorted.count) where !sorted.isEmpty {
        let isLast = end == sorted.count
        if isLast || sorted[end].source != sorted[start].source
          || sorted[end].target != sorted[start].target
        {
          flows.append(
            Flow(
              source: sorted[start].source, target: sorted[start].target,
              keys: sorted[start..<end].map(\.key)))
          start = end
        }
      }
      return flows
    }
  }

  /// The number of keys that move.
  public var keyCount: Int {
    parcels.reduce(0) { $0 + $1.reduce(0) { $0 + $1.keys.count } }
  }
}

/// Some keys that are copied together from one shard to another.
public struct CopyBatch: Sendable, Hashable {
  /// Counted from 0 over the whole move.
  public let number: Int
  /// The parcel it belongs to.
  public let parcel: Int
  /// Where the keys are read.
  public let source: NodeID
  /// Where they are written.
  public let target: NodeID
  /// The keys.
  public let keys: [Int]
}
