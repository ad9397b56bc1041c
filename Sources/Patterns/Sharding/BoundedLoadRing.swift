import Kernel

/// A ring whose shards take no more than a little over their share: consistent hashing with
/// bounded loads.
///
/// Each unit of load (a request under way, a key stored) goes to the first shard from its place on
/// the ring that has room. The room of all shards together is `factor` percent of the load, this
/// unit included, dealt out by weight; so no shard is ever given load that takes it above
/// ceil(factor/100 x mean). Load that goes away lowers the mean and moves nothing.
///
/// Source: Mirrokni, Thorup and Zadimoghaddam, "Consistent Hashing with Bounded Loads" (2016);
/// rounding and weights as in HAProxy's `hash-balance-factor` (`lb_chash.c`).
public struct BoundedLoadRing: Sendable, Equatable {
  /// The ring that is walked.
  public private(set) var ring: ConsistentHashRing
  /// The room of all shards together in percent of the load; above 100.
  public let factorPercent: Int
  /// The load of each member, in the order of the ring's members.
  public private(set) var loads: [Int]
  /// The load of all members.
  public private(set) var total = 0

  /// An idle ring.
  public init(_ ring: ConsistentHashRing, factorPercent: Int = 125) {
    precondition(factorPercent > 100, "the factor must leave room above the mean")
    self.ring = ring
    self.factorPercent = factorPercent
    loads = ring.members.map { _ in 0 }
  }

  /// The most load that the member at `place` takes when one more unit comes.
  public func capacity(of place: Int) -> Int {
    let slots = ((total + 1) * factorPercent + 99) / 100
    var weight = 0
    var before = 0
    for (index, member) in ring.members.enumerated() {
      if index < place { before += member.weight }
      weight += member.weight
    }
    let own = ring.members[place].weight
    let rest = slots % weight
    let extra = (before + own) * rest / weight - before * rest / weight
    return max(1, own * (slots / weight) + extra)
  }

  /// Takes on one unit of load for `hash` and returns who carries it; allocates nothing.
  public mutating func assign(_ hash: UInt64) -> NodeID {
    var point = ring.place(of: hash)
    for _ in 0..<ring.tokens.count {
      let node = ring.owner(at: point)
      if let place = ring.members.firstIndex(where: { $0.node == node }),
        loads[place] < capacity(of: place)
      {
        loads[place] += 1
        total += 1
        return node
      }
      point = point + 1 == ring.tokens.count ? 0 : point + 1
    }
    preconditionFailure("the room of all shards is always more than the load")
  }

  /// Takes one unit of load off `node`.
  public mutating func release(_ node: NodeID) {
    guard let place = ring.members.firstIndex(where: { $0.node == node }), loads[place] > 0 else {
      preconditionFailure("\(node) carries nothing")
    }
    loads[place] -= 1
    total -= 1
  }
}

/// Keys stored under bounded loads: each key where the bounded ring put it, in order of arrival.
///
/// When a shard joins or leaves, the keys are put anew in the same order, so that the outcome does
/// not depend on the order of the changes; the keys whose shard differs have to move.
public struct BoundedLoadPlacement: PlacementRule {
  private var bounded: BoundedLoadRing
  private var owners: [ShardKey: NodeID] = [:]
  private var keys: [ShardKey] = []

  /// No keys yet on `ring`.
  public init(_ ring: ConsistentHashRing, factorPercent: Int = 125) {
    bounded = BoundedLoadRing(ring, factorPercent: factorPercent)
  }

  /// The shards that own keys, in the order they joined.
  public var members: [ShardMember] { bounded.ring.members }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    owners[key] ?? bounded.ring.shard(for: key)
  }

  /// Stores `key`, unless it is there, and returns its owner.
  public mutating func place(_ key: ShardKey) -> NodeID {
    if let owner = owners[key] { return owner }
    let owner = bounded.assign(key.hash)
    owners[key] = owner
    keys.append(key)
    return owner
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    var ring = bounded.ring
    ring.add(member)
    replace(on: ring)
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    var ring = bounded.ring
    let removal = ring.remove(node)
    if removal == .removed { replace(on: ring) }
    return removal
  }

  private mutating func replace(on ring: ConsistentHashRing) {
    bounded = BoundedLoadRing(ring, factorPercent: bounded.factorPercent)
    for key in keys { owners[key] = bounded.assign(key.hash) }
  }
}
