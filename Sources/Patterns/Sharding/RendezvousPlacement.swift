import Kernel

/// Rendezvous hashing: every shard bids for the key, the highest bid wins.
///
/// Nothing is stored, any shard can leave, and only its own keys move; a lookup asks every shard
/// (O(n)). A shard of weight `w` bids `-w / ln(u)`, where `u` is its hash with the key as a number
/// between 0 and 1, so that it wins a share `w / sum` of the keys.
///
/// Source: Thaler and Ravishankar, "Using name-based mappings to increase hit rates" (1998); weights
/// after Schindelhauer and Schomaker, "Weighted distributed hash tables" (2005).
public struct RendezvousPlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember] = []
  private var seeds: [UInt64] = []

  /// The rule over `members`.
  public init(_ members: [ShardMember] = []) {
    self.members = members
    seeds = members.map { XXHash64.hash($0.name) }
  }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    var best = 0
    var highest = -1.0
    for place in members.indices {
      let bid = bid(of: place, for: key)
      if bid > highest {
        highest = bid
        best = place
      }
    }
    return members[best].node
  }

  /// What the member at `place` bids for `key`; 0 or more.
  func bid(of place: Int, for key: ShardKey) -> Double {
    let hash = XXHash64.hash(word: key.hash, seed: seeds[place])
    let uniform = (Double(hash >> 11) + 0.5) * 0x1p-53
    let weight = members[place].weight
    return Double(weight) / -PortableMath.log(uniform)
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    members.append(member)
    seeds.append(XXHash64.hash(member.name))
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    seeds.remove(at: place)
    return .removed
  }
}
