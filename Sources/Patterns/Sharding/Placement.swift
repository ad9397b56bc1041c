import Kernel

/// Where keys live: one of the placement rules, chosen at run time.
///
/// Looking a key up allocates nothing. Rules that store keys one by one (directory, bounded loads)
/// learn of a key by `place(_:)`; for the others that is the same as looking it up.
public enum Placement: PlacementRule {
  /// `hash mod n`.
  case modulo(ModuloPlacement)
  /// Ranges of the sort order.
  case range(RangePlacement)
  /// A row for each key.
  case directory(DirectoryPlacement)
  /// A ring with virtual nodes.
  case ring(ConsistentHashRing)
  /// Jump consistent hash.
  case jump(JumpPlacement)
  /// The highest bid.
  case rendezvous(RendezvousPlacement)
  /// A ring with a cap on each shard.
  case bounded(BoundedLoadPlacement)
  /// A lookup table filled in turns.
  case maglev(MaglevTable)
  /// Fixed slots and a map.
  case slots(SlotPlacement)

  /// The rule that `options` describe over `members`, at least one.
  public init(_ members: [ShardMember], _ options: PlacementOptions) {
    precondition(!members.isEmpty, "a placement needs a shard")
    let isBare = options.shortcut == .hasNoVirtualNodes
    let ring = ConsistentHashRing(
      members, sizing: isBare ? .perWeight(1) : options.sizing, hash: options.hash)
    switch options.kind {
    case .modulo: self = .modulo(ModuloPlacement(members))
    case .range:
      // Where there are fewer ranges than shards, the ranges above the last key are empty ones.
      var starts = options.rangeStarts
      while starts.count < members.count { starts.append((starts.last ?? 0) + 1) }
      self = .range(RangePlacement(members, starts: starts))
    case .directory: self = .directory(DirectoryPlacement(members))
    case .ring: self = .ring(ring)
    case .jump: self = .jump(JumpPlacement(members))
    case .rendezvous: self = .rendezvous(RendezvousPlacement(members))
    case .bounded:
      self = .bounded(BoundedLoadPlacement(ring, factorPercent: options.balanceFactorPercent))
    case .maglev:
      guard let table = MaglevTable(members, size: options.tableSize) else {
        preconditionFailure("a Maglev table has a prime size")
      }
      self = .maglev(table)
    case .slots: self = .slots(SlotPlacement(members))
    }
  }

  /// Which rule it is.
  public var kind: PlacementOptions.Kind {
    switch self {
    case .modulo: .modulo
    case .range: .range
    case .directory: .directory
    case .ring: .ring
    case .jump: .jump
    case .rendezvous: .rendezvous
    case .bounded: .bounded
    case .maglev: .maglev
    case .slots: .slots
    }
  }

  /// The shards that own keys, in the order they joined.
  public var members: [ShardMember] { rule.members }

  /// The shard that owns `key`; allocates nothing.
  public func shard(for key: ShardKey) -> NodeID {
    switch self {
    case .modulo(let rule): rule.shard(for: key)
    case .range(let rule): rule.shard(for: key)
    case .directory(let rule): rule.shard(for: key)
    case .ring(let rule): rule.shard(for: key)
    case .jump(let rule): rule.shard(for: key)
    case .rendezvous(let rule): rule.shard(for: key)
    case .bounded(let rule): rule.shard(for: key)
    case .maglev(let rule): rule.shard(for: key)
    case .slots(let rule): rule.shard(for: key)
    }
  }

  /// Makes room for `key` where the rule keeps a row for each key, and returns its owner.
  public mutating func place(_ key: ShardKey) -> NodeID {
    switch self {
    case .directory(var rule):
      let owner = rule.place(key)
      self = .directory(rule)
      return owner
    case .bounded(var rule):
      let owner = rule.place(key)
      self = .bounded(rule)
      return owner
    case .modulo, .range, .ring, .jump, .rendezvous, .maglev, .slots: return shard(for: key)
    }
  }

  /// Lets `member` own its part of the keys.
  public mutating func add(_ member: ShardMember) { change { $0.add(member) } }

  /// Takes `node` out and hands its keys to others, or refuses.
  public mutating func remove(_ node: NodeID) -> MemberRemoval { change { $0.remove(node) } }

  private mutating func change<Result>(_ body: (inout any PlacementRule) -> Result) -> Result {
    var rule = self.rule
    let result = body(&rule)
    replace(with: rule)
    return result
  }

  private var rule: any PlacementRule {
    switch self {
    case .modulo(let rule): rule
    case .range(let rule): rule
    case .directory(let rule): rule
    case .ring(let rule): rule
    case .jump(let rule): rule
    case .rendezvous(let rule): rule
    case .bounded(let rule): rule
    case .maglev(let rule): rule
    case .slots(let rule): rule
    }
  }

  private mutating func replace(with rule: any PlacementRule) {
    switch rule {
    case let rule as ModuloPlacement: self = .modulo(rule)
    case let rule as RangePlacement: self = .range(rule)
    case let rule as DirectoryPlacement: self = .directory(rule)
    case let rule as ConsistentHashRing: self = .ring(rule)
    case let rule as JumpPlacement: self = .jump(rule)
    case let rule as RendezvousPlacement: self = .rendezvous(rule)
    case let rule as BoundedLoadPlacement: self = .bounded(rule)
    case let rule as MaglevTable: self = .maglev(rule)
    case let rule as SlotPlacement: self = .slots(rule)
    default: preconditionFailure("every rule has a case")
    }
  }
}
