import Kernel

/// Maglev hashing: a lookup table that the shards fill in turns, each by its own permutation.
///
/// Lookup is one remainder and one array access, and the shares are even to within one entry when
/// the weights are equal. When a shard leaves, a few entries of the others change hands too.
///
/// Source: Eisenbud et al., "Maglev" (NSDI 2016), section 3.4; hashes and weights as in Envoy's
/// `maglev_lb.cc`.
public struct MaglevTable: PlacementRule {
  /// Where a shard starts in the table and how far it steps.
  public struct Permutation: Sendable, Hashable {
    /// The first entry it wants.
    public let offset: Int
    /// The distance to the next.
    public let skip: Int

    /// A permutation of the entries of a table of prime size.
    public init(offset: Int, skip: Int) {
      self.offset = offset
      self.skip = skip
    }
  }

  /// The shards that own keys, in the order they joined.
  public private(set) var members: [ShardMember]
  /// The number of entries, a prime.
  public let size: Int
  /// The owner of each entry.
  public private(set) var entries: [NodeID] = []

  /// The table of `members`; nil when `size` is no prime.
  public init?(_ members: [ShardMember] = [], size: Int = 65_537) {
    guard Self.isPrime(size) else { return nil }
    self.members = members
    self.size = size
    rebuild()
  }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID { entries[Int(key.hash % UInt64(size))] }

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

  private mutating func rebuild() {
    let permutations = members.map { member in
      Permutation(
        offset: Int(XXHash64.hash(member.name) % UInt64(size)),
        skip: Int(XXHash64.hash(member.name, seed: 1) % UInt64(size - 1)) + 1)
    }
    let filled = Self.filled(size: size, permutations, weights: members.map(\.weight))
    entries = filled.map { members[$0].node }
  }

  /// The owner, by place, of each entry: the permutations claim free entries in turns.
  ///
  /// A permutation of the highest weight claims one each round, one of half that weight one every
  /// second round.
  public static func filled(
    size: Int, _ permutations: [Permutation], weights: [Int]
  ) -> [Int] {
    guard !permutations.isEmpty, let heaviest = weights.max() else { return [] }
    var owners = [Int](repeating: -1, count: size)
    var next = permutations.map(\.offset)
    var owed = [Int](repeating: 0, count: permutations.count)
    var claimed = 0
    var round = 1
    while claimed < size {
      for index in permutations.indices where claimed < size {
        guard round * weights[index] >= owed[index] else { continue }
        owed[index] += heaviest
        while owners[next[index]] >= 0 {
          next[index] = (next[index] + permutations[index].skip) % size
        }
        owners[next[index]] = index
        claimed += 1
      }
      round += 1
    }
    return owners
  }

  /// Whether `number` is a prime.
  public static func isPrime(_ number: Int) -> Bool {
    guard number > 1 else { return false }
    var divisor = 2
    while divisor * divisor <= number {
      if number % divisor == 0 { return false }
      divisor += 1
    }
    return true
  }
}
