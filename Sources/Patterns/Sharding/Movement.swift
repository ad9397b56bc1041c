import Kernel

/// What moved between two assignments of the same keys: how many keys, from where to where.
public struct Movement: Sendable, Hashable {
  /// Keys that went from one shard to another.
  public struct Flow: Sendable, Hashable {
    /// Where they were.
    public let source: NodeID
    /// Where they are.
    public let target: NodeID
    /// How many.
    public let count: Int
  }

  /// The keys looked at.
  public let total: Int
  /// What moved, by source and then target.
  public let flows: [Flow]

  /// The difference of `before` and `after`, which list the owners of the same keys.
  public init(from before: [NodeID], to after: [NodeID]) {
    precondition(before.count == after.count, "the same keys are looked at before and after")
    let width = (before + after).reduce(0) { max($0, $1.index + 1) }
    var counts = [Int](repeating: 0, count: width * width)
    for (source, target) in zip(before, after) where source != target {
      counts[source.index * width + target.index] += 1
    }
    total = before.count
    flows = counts.indices.filter { counts[$0] > 0 }.map { place in
      Flow(source: NodeID(place / width), target: NodeID(place % width), count: counts[place])
    }
  }

  /// The keys that moved.
  public var moved: Int { flows.reduce(0) { $0 + $1.count } }

  /// The share of the keys that moved, from 0 to 1.
  public var fraction: Double { total == 0 ? 0 : Double(moved) / Double(total) }
}

/// How evenly something is spread over shards.
public struct ShardBalance: Sendable, Hashable {
  /// The load of each shard.
  public let loads: [Double]

  /// The balance of `loads`.
  public init(_ loads: [Double]) { self.loads = loads }

  /// The mean load.
  public var mean: Double { loads.isEmpty ? 0 : loads.reduce(0, +) / Double(loads.count) }

  /// The highest load over the mean: 1 when all are equal; nil without load.
  public var skew: Double? { mean > 0 ? (loads.max() ?? 0) / mean : nil }
}
