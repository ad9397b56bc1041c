import Kernel

/// The owner is `hash mod n`: even and cheap, and nearly every key moves when `n` changes.
///
/// From `n` to `n + 1` shards `n / (n + 1)` of the keys move, because a key stays only where both
/// remainders agree. Weights are ignored.
public struct ModuloPlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember] = []

  /// The rule over `members`.
  public init(_ members: [ShardMember] = []) { self.members = members }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    members[Int(key.hash % UInt64(members.count))].node
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) { members.append(member) }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    return .removed
  }
}
