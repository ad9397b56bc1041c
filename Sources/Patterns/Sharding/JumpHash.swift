import Kernel

/// Jump consistent hash: buckets 0 to n-1 without any table.
///
/// Growing by one bucket moves exactly the keys that jump into the new one. There is no way to take
/// out any bucket but the last.
///
/// Source: Lamping and Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm" (2014).
public enum JumpHash {
  /// The bucket of `key` among `buckets`, which must be at least 1.
  public static func bucket(of key: UInt64, buckets: Int) -> Int {
    precondition(buckets >= 1, "jump hash needs at least one bucket")
    var state = key
    var last: Int64 = -1
    var next: Int64 = 0
    while next < Int64(buckets) {
      last = next
      state = state &* 2_862_933_555_777_941_757 &+ 1
      next = Int64(Double(last + 1) * (0x1p31 / Double((state >> 33) + 1)))
    }
    return Int(last)
  }
}

/// Placement by jump hash over the members in the order they joined; weights are ignored.
public struct JumpPlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember] = []

  /// The rule over `members`.
  public init(_ members: [ShardMember] = []) { self.members = members }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    members[JumpHash.bucket(of: key.hash, buckets: members.count)].node
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) { members.append(member) }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    guard place == members.count - 1 else {
      return .refused("jump hash numbers its buckets: only the last shard can leave")
    }
    members.removeLast()
    return .removed
  }
}
