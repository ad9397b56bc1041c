import Kernel

/// The name of an operation of a coordinator in one of its lives.
public struct QuorumToken: Sendable, Hashable {
  /// Which start of the coordinator.
  let life: Int
  /// Counted up in that life.
  let number: Int
}

/// A write that is kept for a node that is down.
public struct QuorumHint: Sendable, Hashable {
  /// Whose it is.
  public let target: NodeID
  /// The key.
  public let key: Int
  /// What is to be merged there.
  public let cell: QuorumCell
}

/// What the nodes of a leaderless store send each other.
public enum QuorumMessage: Sendable, Hashable {
  /// The sender lives.
  case alive
  /// A request that an owner of its key should coordinate.
  case forward(StoreRequest, context: VersionVector, client: NodeID)
  /// Merge this and confirm; kept as a hint if it is for another node.
  case store(key: Int, QuorumCell, QuorumToken, hintFor: NodeID?)
  /// It is on disk.
  case stored(QuorumToken)
  /// What do you hold?
  case fetch(key: Int, QuorumToken)
  /// This; nil is nothing.
  case fetched(QuorumCell?, QuorumToken)
  /// The digests of some nodes of the sender's tree of the keys that both own.
  case compare([Int: UInt64])
  /// What the sender holds in these leaves of the tree; the receiver is to send its own, or not.
  case exchange(leaves: [Int], cells: [Int: QuorumCell], wantsReply: Bool)
}
