import Kernel

/// A lookup table with a row for each key: any key can live anywhere, at the price of the table.
///
/// New keys go to the shard with the fewest keys for its weight. A shard that joins takes keys from
/// the fullest shards until it has its share. A key without a row answers with the shard that a new
/// key would go to.
public struct DirectoryPlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember]
  private var rows: [ShardKey: Int] = [:]
  private var keys: [ShardKey] = []
  private var owners: [NodeID] = []
  private var counts: [Int] = []

  /// An empty table over `members`, at least one.
  public init(_ members: [ShardMember]) {
    precondition(!members.isEmpty, "a directory needs a shard")
    self.members = members
    counts = members.map { _ in 0 }
  }

  /// The number of rows.
  public var rowCount: Int { keys.count }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    rows[key].map { owners[$0] } ?? members[emptiest()].node
  }

  /// Gives `key` a row, unless it has one, and returns its owner.
  public mutating func place(_ key: ShardKey) -> NodeID {
    if let row = rows[key] { return owners[row] }
    let place = emptiest()
    rows[key] = keys.count
    keys.append(key)
    owners.append(members[place].node)
    counts[place] += 1
    return members[place].node
  }

  /// Moves `key`, which must have a row, to `node`, a member.
  public mutating func assign(_ key: ShardKey, to node: NodeID) {
    guard let row = rows[key], let target = members.firstIndex(where: { $0.node == node }) else {
      preconditionFailure("only a listed key can be assigned, and only to a member")
    }
    if let source = members.firstIndex(where: { $0.node == owners[row] }) { counts[source] -= 1 }
    counts[target] += 1
    owners[row] = node
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    members.append(member)
    counts.append(0)
    let weight = members.reduce(0) { $0 + $1.weight }
    let share = keys.count * member.weight / weight
    var row = 0
    while counts[members.count - 1] < share, row < keys.count {
      if let donor = members.firstIndex(where: { $0.node == owners[row] }),
        counts[donor] * weight > keys.count * members[donor].weight
      {
        assign(keys[row], to: member.node)
      }
      row += 1
    }
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    counts.remove(at: place)
    for row in keys.indices where owners[row] == node {
      let heir = emptiest()
      owners[row] = members[heir].node
      counts[heir] += 1
    }
    return .removed
  }

  /// The place of the member with the fewest keys for its weight, the earliest of equals.
  private func emptiest() -> Int {
    var best = 0
    for place in members.indices
    where counts[place] * members[best].weight < counts[best] * members[place].weight {
      best = place
    }
    return best
  }
}
