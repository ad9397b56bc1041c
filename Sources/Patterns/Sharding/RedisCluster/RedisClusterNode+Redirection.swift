import Kernel

extension RedisClusterNode {
  /// What the node decides about the keys of a command before it runs.
  enum Admission: Equatable {
    /// It runs here.
    case here
    /// It is refused or sent elsewhere.
    case refused(RedisReply)
  }

  static let crossSlot = RedisReply.error(
    "CROSSSLOT Keys in request don't hash to the same slot")
  static let tryAgain = RedisReply.error(
    "TRYAGAIN Multiple keys request during rehashing of slot")
  static let unbound = RedisReply.error("CLUSTERDOWN Hash slot not served")
  static let down = RedisReply.error("CLUSTERDOWN The cluster is down")
  static let downForWrites = RedisReply.error(
    "CLUSTERDOWN The cluster is down and only accepts read commands")

  /// Decides whether a command that touches `keys` runs here.
  ///
  /// The order of the tests is that of `getNodeByQuery`: an unserved slot before a cluster that is
  /// down, the migration of a slot before its owner.
  func admission(
    of keys: [String], isWrite: Bool, isMigrate: Bool, for client: Client
  ) -> Admission {
    guard let first = keys.first else { return .here }
    let slot = Int(HashSlot.slot(of: first))
    guard let owner = view.owners[slot] else { return .refused(Self.unbound) }
    guard keys.allSatisfy({ Int(HashSlot.slot(of: $0)) == slot }) else {
      return .refused(Self.crossSlot)
    }
    if !isClusterUp {
      guard options.allowsReadsWhenDown else { return .refused(Self.down) }
      guard !isWrite else { return .refused(Self.downForWrites) }
    }
    let target = owner == node ? migrating[slot] : nil
    let isImporting = target == nil && importing[slot] != nil
    if isMigrate, target != nil || isImporting { return .here }
    let missing = keys.count { keyspace[$0] == nil }
    if let target, missing > 0 {
      return .refused(missing < keys.count ? Self.tryAgain : .ask(slot: slot, target))
    }
    if isImporting, client.isAsking {
      let hasSeveral = keys.contains { $0 != first }
      return hasSeveral && missing > 0 ? .refused(Self.tryAgain) : .here
    }
    if client.isReadOnly, !isWrite, let master, master == owner { return .here }
    return owner == node ? .here : .refused(.moved(slot: slot, owner))
  }
}
