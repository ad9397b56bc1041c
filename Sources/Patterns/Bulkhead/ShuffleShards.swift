import Kernel

/// Which workers serve which tenant, so that one bad tenant takes few others down with it.
///
/// Everybody on all workers: a tenant whose requests kill workers kills them all. A fixed shard each:
/// its neighbours on the shard go down. A *shuffle shard*: each tenant gets a hand of `size` workers,
/// drawn on its own; of n workers there are C(n, size) hands, and hardly anybody has the same.
///
/// **Each tenant has `size` different workers, and always the same.**
///
/// Source: aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding.
public struct ShuffleShards: Sendable, Hashable {
  /// How workers are dealt out.
  public enum Plan: String, Sendable, Hashable, CaseIterable {
    /// Every tenant uses every worker.
    case shared
    /// Workers are cut into groups; each tenant belongs to one.
    case fixed
    /// Each tenant has a hand of its own.
    case shuffle
  }

  /// Workers in all.
  public let workers: Int
  /// Workers of one tenant.
  public let size: Int
  /// How they are dealt out.
  public let plan: Plan
  let seed: UInt64
  let shortcut: BulkheadShortcut?

  /// A plan of `size` of `workers`.
  public init(
    workers: Int, size: Int, plan: Plan, seed: UInt64, shortcut: BulkheadShortcut? = nil
  ) {
    precondition(size > 0 && size <= workers, "a hand is no larger than the deck")
    self.workers = workers
    self.size = size
    self.plan = plan
    self.seed = seed
    self.shortcut = shortcut
  }

  /// The workers of a tenant, in rising order.
  public func workers(of tenant: Int) -> [Int] {
    switch plan {
    case .shared: return Array(0..<workers)
    case .fixed:
      let groups = max(1, workers / size)
      var random = RandomStream(seed: seed, name: "group/\(tenant)")
      let group = random.below(groups)
      return Array(group * size..<(group + 1) * size)
    case .shuffle:
      var random = RandomStream(seed: seed, name: "hand/\(tenant)")
      if shortcut == .shardsInARow {
        let first = random.below(workers)
        return (0..<size).map { (first + $0) % workers }.sorted()
      }
      var deck = Array(0..<workers)
      random.shuffle(&deck)
      return deck.prefix(size).sorted()
    }
  }

  /// How many different hands there are.
  public var hands: Double {
    switch plan {
    case .shared: 1
    case .fixed: Double(max(1, workers / size))
    case .shuffle: Self.choose(workers, size)
    }
  }

  /// The chance that another tenant shares exactly `count` workers with a given one.
  public func chance(ofSharing count: Int) -> Double {
    switch plan {
    case .shared: return count == workers ? 1 : 0
    case .fixed:
      let groups = Double(max(1, workers / size))
      return count == size ? 1 / groups : count == 0 ? 1 - 1 / groups : 0
    case .shuffle:
      guard count <= size, size - count <= workers - size else { return 0 }
      return Self.choose(size, count) * Self.choose(workers - size, size - count)
        / Self.choose(workers, size)
    }
  }

  /// The number of ways to pick `k` of `n`, exact while it is below 2^53.
  static func choose(_ n: Int, _ k: Int) -> Double {
    guard k >= 0, k <= n else { return 0 }
    var product = 1.0
    for step in 0..<min(k, n - k) {
      product = (product * Double(n - step) / Double(step + 1)).rounded()
    }
    return product
  }
}
