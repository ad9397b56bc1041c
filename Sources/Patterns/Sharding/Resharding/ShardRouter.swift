import Kernel

/// Finds the shard for a key by a copy of the map, which may be old, and learns from redirections.
///
/// A shard that no longer owns a key answers MOVED: the router takes the newer map. A shard whose
/// key has gone ahead of its parcel answers ASK: the next try, and only that one, goes to the target
/// and says that it was sent. A router that takes ASK for MOVED changes its map too early and is
/// sent to and fro until the move is over.
///
/// Source: Redis Cluster specification, "MOVED redirection" and "ASK redirection".
public struct ShardRouter: Sendable, Equatable {
  /// Where to send a request.
  public struct Target: Sendable, Hashable {
    /// The shard.
    public let node: NodeID
    /// Whether to say that a shard sent it there (ASKING).
    public let isAsking: Bool

    /// A target.
    public init(_ node: NodeID, isAsking: Bool = false) {
      self.node = node
      self.isAsking = isAsking
    }
  }

  /// The copy of the map that it goes by.
  public private(set) var map: ShardMap
  /// Whether it takes ASK for MOVED, as careless clients do.
  public let takesAskForMoved: Bool
  private let learnsFromMoved: Bool
  /// The parcels that it sends to the target because of an ASK it misunderstood.
  private var misunderstood: [Bool] = []

  /// A router with a copy of `map`; `shortcut` is a wrong way to build it, for drills.
  public init(
    _ map: ShardMap, takesAskForMoved: Bool = false, shortcut: ShardingShortcut? = nil
  ) {
    self.map = map
    self.takesAskForMoved = takesAskForMoved || shortcut == .takesAskForMoved
    learnsFromMoved = shortcut != .neverLearns
  }

  /// Where to send a request for `key` first; allocates nothing.
  public func target(of key: ShardKey) -> Target {
    if !misunderstood.isEmpty, let move = map.move(of: key), misunderstood[move.parcel] {
      return Target(move.target)
    }
    return Target(map.owner(of: key))
  }

  /// Takes `newer` if it is newer, and says whether it was.
  public mutating func learn(_ newer: ShardMap) -> Bool {
    guard newer.epoch > map.epoch else { return false }
    map = newer
    misunderstood = []
    return true
  }

  /// Takes in the row of a new key where the placement keeps a row for each: the client that makes
  /// a key is told where it goes.
  public mutating func learnRow(of key: ShardKey) { _ = map.place(key) }

  /// Where to go after a shard answered MOVED to `node` about `key`, with its map.
  public mutating func moved(_ key: ShardKey, to node: NodeID, by newer: ShardMap) -> Target {
    if learnsFromMoved { _ = learn(newer) }
    if !misunderstood.isEmpty { misunderstood[map.parcel(of: key)] = false }
    return Target(node)
  }

  /// Where to go after a shard answered ASK with `node` about `key`.
  public mutating func asked(_ key: ShardKey, to node: NodeID) -> Target {
    guard takesAskForMoved, map.isMoving else { return Target(node, isAsking: true) }
    if misunderstood.isEmpty {
      misunderstood = [Bool](repeating: false, count: map.committed.count)
    }
    misunderstood[map.parcel(of: key)] = true
    return Target(node)
  }
}
