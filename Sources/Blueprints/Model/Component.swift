import Kernel
import Patterns

/// A part of a design: `replicas` equal instances (of each shard) that work on calls.
public struct Component: Sendable, Equatable {
  /// The name, unique in the design: lower case, digits and `-`.
  public var name: String
  /// What it is; the kind brings the defaults and says how it behaves.
  public var kind: ComponentKind
  /// The zones over which the instances are spread, by place.
  public var zones: [Int] = []
  /// Instances of each shard, from 1.
  public var replicas = 1
  /// Parts of the data, each with instances of its own; 1 for a component that keeps none.
  public var shards = 1
  /// Calls that one instance works on at once, from 1.
  public var concurrency = 100
  /// Calls that may wait at one instance; beyond that it refuses.
  public var queue = 1_000
  /// Who goes first when a place is free, and who is refused.
  public var discipline = QueueDiscipline.fifo
  /// The time of an instance's own work on one call.
  public var work = Distribution.constant(.milliseconds(1))
  /// Whether a call keeps its place while the instance waits for others, as a thread does.
  public var isHeld = true
  /// The share of calls that fail of themselves, from 0 to 1.
  public var errors = 0.0
  /// What one instance costs an hour, in dollars.
  public var price = 0.0
  /// How long a new instance takes until it works.
  public var boot = TimeSpan.seconds(30)
  /// How much slower a fresh instance works for its first minute, from 1.
  public var coldFactor = 1.0
  /// The clients, when it is a source of load.
  public var load: Load?
  /// What it remembers, when it is a cache.
  public var cache: CacheDesign?
  /// How it keeps copies, when it is a store.
  public var store: StoreDesign?
  /// Where its work waits for workers: the queue or log that it consumes.
  public var consumes: Int?
  /// How its callers learn that an instance is down.
  public var check = HealthCheck()
  /// The rule that adds and removes instances.
  public var scaling: Scaling?
  /// The most calls it lets in.
  public var limit: LimitDesign?

  /// A component of a kind, with the kind's defaults.
  public init(_ name: String, _ kind: ComponentKind) {
    self.name = name
    self.kind = kind
    kind.defaults(&self)
  }

  /// All instances, of all shards.
  public var instances: Int { replicas * shards }
}

/// In which order waiting calls are served.
public enum QueueDiscipline: String, Sendable, Hashable, CaseIterable {
  /// Oldest first; the newest is refused when the queue is full.
  case fifo
  /// Newest first; the oldest is refused when the queue is full.
  case lifo
  /// The most important first, by the priority of the call; of equals the oldest.
  case priority
}

/// The load that clients bring.
public struct Load: Sendable, Equatable {
  /// Requests a second where the curve is 1.
  public var rate = 100.0
  /// The load over time, as factors of the rate.
  public var curve = LoadCurve()
  /// What is asked for, each with its share of the requests.
  public var operations: [OperationShare] = [OperationShare(name: "read", share: 1)]
  /// How many different keys are asked for; 0 for none.
  public var keys = 0
  /// How steep their popularity is: Zipf's exponent, from 0.
  public var skew = 1.0
  /// How long a client waits for its answer before it counts as lost.
  public var patience: TimeSpan?

  /// The usual load.
  public init() {}
}

/// An operation and its share of the requests.
public struct OperationShare: Sendable, Hashable {
  /// The name, as in `read`; an operation that begins with `write` changes data.
  public let name: String
  /// Its share, from 0 to 1.
  public let share: Double

  /// `name` with `share` of the requests.
  public init(name: String, share: Double) {
    self.name = name
    self.share = share
  }

  /// Whether it changes data: stores take it to the primary, caches forget its key.
  public var isWrite: Bool { name.hasPrefix("write") }
}

/// Load over time: factors at instants, straight lines between them; level before and after.
public struct LoadCurve: Sendable, Hashable {
  /// A corner of the curve.
  public struct Point: Sendable, Hashable {
    /// When.
    public let at: Instant
    /// The factor of the rate, from 0.
    public let factor: Double

    /// A corner.
    public init(at: Instant, factor: Double) {
      self.at = at
      self.factor = factor
    }
  }

  /// The corners, in order; none for a level load.
  public var points: [Point] = []

  /// A level load, or the curve through `points`.
  public init(_ points: [Point] = []) { self.points = points }

  /// The factor at `now`.
  public func factor(at now: Instant) -> Double {
    guard let first = points.first, let last = points.last else { return 1 }
    if now <= first.at { return first.factor }
    if now >= last.at { return last.factor }
    var place = 1
    while points[place].at < now { place += 1 }
    let (from, to) = (points[place - 1], points[place])
    let share = (now - from.at).seconds / (to.at - from.at).seconds
    return from.factor + share * (to.factor - from.factor)
  }

  /// The highest factor.
  public var peak: Double { points.map(\.factor).max() ?? 1 }
}

/// What a cache remembers.
public struct CacheDesign: Sendable, Hashable {
  /// Which entry goes when it is full.
  public var policy = EvictionPolicy.lru
  /// Entries of one instance.
  public var capacity = 10_000
  /// How long an entry is good; nil for ever.
  public var ttl: TimeSpan?
  /// Whether calls for the same missing key wait for one load instead of each making their own.
  public var coalesces = false
  /// Whether it starts with the most popular keys in it.
  public var isWarm = true

  /// The word for the policy.
  public var policyName: String { policy.rawValue }

  /// The usual cache.
  public init() {}
}

/// How a store keeps copies of a shard.
public struct StoreDesign: Sendable, Hashable {
  /// Which copies answer reads.
  public enum Reads: String, Sendable, Hashable, CaseIterable {
    /// The primary only.
    case primary
    /// Any copy that runs.
    case any
  }

  /// Which copies answer reads.
  public var reads = Reads.any
  /// Copies that have a write before it is acknowledged, the primary included, from 1.
  public var acks = 1
  /// How long after the primary's death another copy takes its place; nil for never.
  public var failover: TimeSpan? = .seconds(30)
  /// How keys are spread over the shards.
  public var placement = ShardSpread.hash

  /// The usual store.
  public init() {}
}

/// How keys are spread over shards.
public enum ShardSpread: String, Sendable, Hashable, CaseIterable {
  /// By a jump consistent hash of the key.
  case hash
  /// In ranges of the keys' order, where popular keys are neighbours.
  case range
}

/// Adds and removes instances so that they stay at a share of use.
public struct Scaling: Sendable, Hashable {
  /// The fewest instances of a shard.
  public var minimum = 1
  /// The most.
  public var maximum = 10
  /// The share of places in use that is aimed at, from 0 to 1.
  public var target = 0.6
  /// How often it looks.
  public var every = TimeSpan.seconds(15)
  /// For how long the need must have been lower before instances go.
  public var calm = TimeSpan.minutes(5)

  /// The usual rule.
  public init() {}
}

/// The most calls that a component lets in, over all its instances.
public struct LimitDesign: Sendable, Hashable {
  /// Calls a second in the long run.
  public var rate = 1_000.0
  /// Calls that may come at once.
  public var burst = 100

  /// The usual limit.
  public init() {}
}
