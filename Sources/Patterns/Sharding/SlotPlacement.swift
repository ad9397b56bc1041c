import Kernel

/// Fixed slots between keys and shards, as in Redis Cluster: the map moves, the slots do not.
///
/// A key's slot never changes; a shard joins by taking over slots one by one. At first the shards
/// own equal runs of slots, as `redis-cli --cluster create` deals them out. A shard that joins takes
/// slots from those that have more than their share, as `--cluster rebalance` does. Weights are
/// ignored.
public struct SlotPlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember]
  /// The owner of each slot.
  public private(set) var owners: [NodeID]

  /// The slots dealt out to `members`, at least one, in equal runs.
  public init(_ members: [ShardMember]) {
    precondition(!members.isEmpty, "slots need an owner")
    self.members = members
    owners = []
    let share = Double(HashSlot.count) / Double(members.count)
    var first = 0
    for (index, member) in members.enumerated() {
      let isLast = index == members.count - 1
      let end = isLast ? HashSlot.count : Int((share * Double(index + 1) - 1).rounded()) + 1
      owners += [NodeID](repeating: member.node, count: end - first)
      first = end
    }
  }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID { owners[Int(key.slot)] }

  /// Gives `slot` to `node`.
  public mutating func assign(_ slot: Int, to node: NodeID) { owners[slot] = node }

  /// The slots of `node`, in order.
  public func slots(of node: NodeID) -> [Int] { owners.indices.filter { owners[$0] == node } }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    members.append(member)
    var counts = countsByMember()
    for slot in owners.indices {
      guard let donor = members.firstIndex(where: { $0.node == owners[slot] }) else { continue }
      let newcomer = members.count - 1
      guard counts[newcomer] < HashSlot.count / members.count else { break }
      guard donor != newcomer, counts[donor] > share(of: donor) else { continue }
      owners[slot] = member.node
      counts[donor] -= 1
      counts[newcomer] += 1
    }
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    var counts = countsByMember()
    for slot in owners.indices where owners[slot] == node {
      var heir = 0
      for index in members.indices where counts[index] < counts[heir] { heir = index }
      owners[slot] = members[heir].node
      counts[heir] += 1
    }
    return .removed
  }

  /// The slots that the member at `place` keeps: an equal part, the first ones take the rest.
  private func share(of place: Int) -> Int {
    HashSlot.count / members.count + (place < HashSlot.count % members.count ? 1 : 0)
  }

  private func countsByMember() -> [Int] {
    var counts = [Int](repeating: 0, count: members.count)
    for owner in owners {
      if let place = members.firstIndex(where: { $0.node == owner }) { counts[place] += 1 }
    }
    return counts
  }
}
