import Kernel

/// Ranges of the sort order of keys, each with an owner: scans stay on one shard, and so does the
/// tail of a growing key.
///
/// The ranges (chunks, tablets, regions) cover everything without gaps. A shard that joins gets
/// whole ranges from the shard that has most; a range can be split in two. Weights are ignored.
public struct RangePlacement: PlacementRule {
  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember]
  /// The first key of each range; the first range starts at 0.
  public private(set) var starts: [UInt64]
  /// The owner of each range.
  public private(set) var owners: [NodeID]

  /// Ranges that begin at `starts`, which rise from 0, dealt out to `members` in runs.
  public init(_ members: [ShardMember], starts: [UInt64]) {
    precondition(!members.isEmpty && starts.count >= members.count, "each shard needs a range")
    precondition(starts.first == 0, "the first range begins at 0")
    precondition(zip(starts, starts.dropFirst()).allSatisfy(<), "the starts of ranges rise")
    self.members = members
    self.starts = starts
    owners = starts.indices.map { members[$0 * members.count / starts.count].node }
  }

  /// The starts of `count` ranges of equal width below `end`.
  public static func evenStarts(count: Int, end: UInt64) -> [UInt64] {
    let width = max(1, end / UInt64(count))
    return (0..<count).map { UInt64($0) * width }
  }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID { owners[range(of: key.order)] }

  /// The place of the range that holds `order`.
  public func range(of order: UInt64) -> Int {
    var low = 0
    var high = starts.count
    while high - low > 1 {
      let middle = (low + high) / 2
      if starts[middle] <= order { low = middle } else { high = middle }
    }
    return low
  }

  /// Splits the range that holds `start` so that a new one begins there; the owner keeps both.
  ///
  /// Returns false and changes nothing where a range begins already.
  public mutating func split(at start: UInt64) -> Bool {
    let place = range(of: start)
    guard starts[place] != start else { return false }
    starts.insert(start, at: place + 1)
    owners.insert(owners[place], at: place + 1)
    return true
  }

  /// Gives the range at `place` to `node`, a member.
  public mutating func assign(_ place: Int, to node: NodeID) { owners[place] = node }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) {
    members.append(member)
    let share = owners.count / members.count
    for _ in 0..<share {
      guard let donor = extreme(>, among: members.dropLast()) else { return }
      guard let place = owners.lastIndex(of: donor) else { return }
      owners[place] = member.node
    }
  }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval {
    let (place, refusal) = removable(node)
    if let refusal { return .refused(refusal) }
    members.remove(at: place)
    for place in owners.indices where owners[place] == node {
      if let heir = extreme(<, among: members[...]) { owners[place] = heir }
    }
    return .removed
  }

  /// The member with the most or fewest ranges, the earliest of equals.
  private func extreme(
    _ isBetter: (Int, Int) -> Bool, among candidates: ArraySlice<ShardMember>
  ) -> NodeID? {
    var best: (node: NodeID, count: Int)?
    for member in candidates {
      let count = owners.count { $0 == member.node }
      if best.map({ isBetter(count, $0.count) }) ?? true { best = (member.node, count) }
    }
    return best?.node
  }
}
