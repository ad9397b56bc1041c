import Kernel

/// What the shards of a simulated store hold: for each key the number of writes it has seen there.
///
/// A write adds one, like an increment: so a write that is lost in a move can be told from one that
/// was overwritten, and is counted.
struct ShardRows: Sendable {
  /// By shard and key: the writes the row has seen, or -1 where there is no row.
  private var versions: [[Int32]] = []
  /// By key: the writes that were acknowledged.
  private(set) var acknowledged: [Int32] = []
  /// By shard: how many rows it holds.
  private(set) var counts: [Int] = []

  /// The number of shards that ever were.
  var shardCount: Int { versions.count }

  mutating func addShard() {
    versions.append([Int32](repeating: -1, count: acknowledged.count))
    counts.append(0)
  }

  mutating func addKey() {
    acknowledged.append(0)
    for shard in versions.indices { versions[shard].append(-1) }
  }

  /// The writes that the row of `key` on `shard` has seen; nil where there is none.
  func version(of key: Int, on shard: NodeID) -> Int? {
    let version = versions[shard.index][key]
    return version < 0 ? nil : Int(version)
  }

  /// Writes `key` on `shard`, which makes the row if need be.
  mutating func write(_ key: Int, on shard: NodeID) {
    let version = versions[shard.index][key]
    if version < 0 { counts[shard.index] += 1 }
    versions[shard.index][key] = max(version, 0) + 1
  }

  /// Sets the row of `key` on `shard` to a state copied from elsewhere; nil does nothing.
  mutating func copy(_ key: Int, version: Int?, to shard: NodeID) {
    guard let version else { return }
    if versions[shard.index][key] < 0 { counts[shard.index] += 1 }
    versions[shard.index][key] = Int32(version)
  }

  /// Removes the row of `key` from `shard`, if there is one.
  mutating func remove(_ key: Int, from shard: NodeID) {
    guard versions[shard.index][key] >= 0 else { return }
    versions[shard.index][key] = -1
    counts[shard.index] -= 1
  }

  /// Counts a write to `key` as acknowledged.
  mutating func acknowledge(_ key: Int) { acknowledged[key] += 1 }

  /// The shards that hold a row of `key`.
  func holders(of key: Int) -> [NodeID] {
    versions.indices.filter { versions[$0][key] >= 0 }.map(NodeID.init)
  }
}
