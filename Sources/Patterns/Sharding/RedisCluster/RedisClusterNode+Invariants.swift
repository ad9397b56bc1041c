import Kernel

extension RedisClusterNode {
  /// Finds the first invariant that does not hold, or nil.
  ///
  /// **Own slots only:** a slot is handed over only by its owner and taken over only by another node.
  /// **Votes:** no vote lies above the current epoch. **Roles:** a replica owns no slot.
  public func checkInvariants() -> InvariantViolation? {
    for slot in migrating.keys.sorted() where view.owners[slot] != node {
      return InvariantViolation(
        "own slots only", witness: "\(node) hands over slot \(slot), which it does not own")
    }
    for slot in importing.keys.sorted() where view.owners[slot] == node {
      return InvariantViolation(
        "own slots only", witness: "\(node) takes over slot \(slot), which it owns")
    }
    if lastVoteEpoch > currentEpoch {
      return InvariantViolation(
        "votes", witness: "\(node) voted in epoch \(lastVoteEpoch) at epoch \(currentEpoch)")
    }
    if master != nil, view.ownsSlots(node) {
      return InvariantViolation("roles", witness: "\(node) is a replica and owns slots")
    }
    return nil
  }

  /// Whether both nodes are in the same state.
  public static func == (left: RedisClusterNode, right: RedisClusterNode) -> Bool {
    left.node == right.node && left.options == right.options && left.view == right.view
      && left.keyspace == right.keyspace && left.clients == right.clients
      && left.migrating == right.migrating && left.importing == right.importing
      && left.currentEpoch == right.currentEpoch && left.lastVoteEpoch == right.lastVoteEpoch
      && left.offset == right.offset && left.masterHeardAt == right.masterHeardAt
      && left.election == right.election && left.transfer == right.transfer
      && left.backlog.map(\.words) == right.backlog.map(\.words)
      && left.backlog.map(\.client) == right.backlog.map(\.client)
      && left.isClusterUp == right.isClusterUp && left.minorityAt == right.minorityAt
      && left.choreCount == right.choreCount && left.random == right.random
  }
}
