import Kernel

/// A consistent-hash ring: each shard owns the arcs that end at its tokens.
///
/// A key belongs to the first token at or after its hash, around the end to the first one. A shard
/// has many tokens (virtual nodes), so that its arcs lie all over the ring: with `v` tokens a shard
/// the spread of load falls about as 1/sqrt(v). Adding or removing a shard touches only the arcs
/// next to its tokens.
///
/// Source: Karger et al., "Consistent Hashing and Random Trees" (1997); token names as in Envoy's
/// ring hash balancer (`name_0`, `name_1`, …).
public struct ConsistentHashRing: PlacementRule {
  /// How many tokens the shards get.
  public enum Sizing: Sendable, Hashable {
    /// So many for each unit of weight.
    case perWeight(Int)
    /// At least `minimum` in all, spread by weight as evenly as the maximum allows (Envoy).
    case total(minimum: Int, maximum: Int)
  }

  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember]
  /// How many tokens the shards get.
  public let sizing: Sizing
  /// The function that places tokens; keys should be hashed by the same.
  public let hash: KeyHash
  /// The tokens in ring order.
  public private(set) var tokens: [UInt64] = []
  private var owners: [NodeID] = []

  /// The ring of `members`.
  public init(
    _ members: [ShardMember] = [], sizing: Sizing = .perWeight(128), hash: KeyHash = .xxh64
  ) {
    self.members = members
    self.sizing = sizing
    self.hash = hash
    rebuild()
  }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID { owners[place(of: key.hash)] }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    members.append(member)
    rebuild()
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    rebuild()
    return .removed
  }

  /// The place in ring order of the token that owns `hash`.
  public func place(of hash: UInt64) -> Int {
    var low = 0
    var high = tokens.count
    while low < high {
      let middle = (low + high) / 2
      if tokens[middle] < hash { low = middle + 1 } else { high = middle }
    }
    return low == tokens.count ? 0 : low
  }

  /// The owner of the token at `place` in ring order.
  public func owner(at place: Int) -> NodeID { owners[place] }

  /// The first `count` distinct shards from `hash` on, the owner first.
  public func preference(for hash: UInt64, count: Int) -> [NodeID] {
    var nodes: [NodeID] = []
    var place = place(of: hash)
    for _ in 0..<tokens.count where nodes.count < min(count, members.count) {
      if !nodes.contains(owners[place]) { nodes.append(owners[place]) }
      place = place + 1 == tokens.count ? 0 : place + 1
    }
    return nodes
  }

  private mutating func rebuild() {
    var points: [(token: UInt64, owner: NodeID)] = []
    for (member, count) in zip(members, tokenCounts()) {
      for number in 0..<count {
        points.append((hash.hash("\(member.name)_\(number)"), member.node))
      }
    }
    points.sort { ($0.token, $0.owner) < ($1.token, $1.owner) }
    tokens = points.map(\.token)
    owners = points.map(\.owner)
  }

  /// The number of tokens of each member.
  func tokenCounts() -> [Int] {
    switch sizing {
    case .perWeight(let count): return members.map { $0.weight * count }
    case .total(let minimum, let maximum):
      let sum = Double(members.reduce(0) { $0 + $1.weight })
      guard let least = members.map(\.weight).min() else { return [] }
      let smallest = Double(least) / sum
      let scale = min((smallest * Double(minimum)).rounded(.up) / smallest, Double(maximum))
      var given = 0.0
      var wanted = 0.0
      return members.map { member in
        wanted += scale * Double(member.weight) / sum
        var count = 0
        while given < wanted {
          given += 1
          count += 1
        }
        return count
      }
    }
  }
}
