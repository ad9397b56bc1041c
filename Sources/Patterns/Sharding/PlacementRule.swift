import Kernel

/// A rule that says which shard owns a key, given the shards there are.
///
/// Invariants that hold for every rule: **total** (every key has exactly one owner), **agreed** (two
/// copies with the same members give the same owners), and, except for modulo, **little moves**
/// (when a shard joins, keys move only to it; when one leaves, only its keys move).
public protocol PlacementRule: Sendable, Equatable {
  /// The shards that own keys, in the order they joined.
  var members: [ShardMember] { get }

  /// The shard that owns `key`; allocates nothing.
  func shard(for key: ShardKey) -> NodeID

  /// Lets `member`, which must be new, own its part of the keys.
  mutating func add(_ member: ShardMember)

  /// Takes `node` out and hands its keys to others, or refuses and changes nothing.
  mutating func remove(_ node: NodeID) -> MemberRemoval
}

/// A shard as a placement knows it.
public struct ShardMember: Sendable, Hashable {
  /// The shard.
  public let node: NodeID
  /// Its name; what the tokens of a ring and the rows of a Maglev table are hashed from.
  public let name: String
  /// Its share of the keys beside the others'; at least 1.
  public let weight: Int

  /// The shard `node` called `name`.
  public init(_ node: NodeID, name: String, weight: Int = 1) {
    precondition(weight >= 1, "a shard weighs at least 1")
    self.node = node
    self.name = name
    self.weight = weight
  }
}

/// What became of the wish to take a shard out of a placement.
public enum MemberRemoval: Sendable, Hashable {
  /// The shard owns no key any more.
  case removed
  /// Nothing changed, for this reason.
  case refused(String)
}

extension PlacementRule {
  /// Where `node` stands among the members, or why it cannot be removed.
  func removable(_ node: NodeID) -> (place: Int, refusal: String?) {
    guard let place = members.firstIndex(where: { $0.node == node }) else {
      return (0, "\(node) is not a member")
    }
    return (place, members.count == 1 ? "the last shard has nobody to hand its keys to" : nil)
  }
}
