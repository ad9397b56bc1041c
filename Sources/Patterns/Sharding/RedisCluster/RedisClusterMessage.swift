import Kernel

/// What the nodes of a Redis cluster send each other: heartbeats and elections on the bus, and the
/// replication and key transfer that go over connections of their own.
public enum RedisClusterMessage: Sendable, Hashable {
  /// A heartbeat that wants an answer.
  case ping(Heartbeat)
  /// A heartbeat that wants none.
  case pong(Heartbeat)
  /// A majority of masters cannot reach this node.
  case fail(NodeID)
  /// A replica asks the masters for their vote in this epoch.
  case authRequest(Heartbeat)
  /// A master's vote.
  case authAck(epoch: UInt64)
  /// A node whose claim is out of date is told who owns these slots, since which epoch.
  case update(owner: NodeID, epoch: UInt64, slots: [ClosedRange<Int>])
  /// Values that a master wrote, for its replicas; nil deletes.
  case replicate(offset: Int, changes: [Change])
  /// A replica wants everything its master has.
  case synchronize
  /// Everything a master has.
  case snapshot(offset: Int, [Change])
  /// Keys on their way to another node (`RESTORE-ASKING`).
  case restore(transfer: Int, replaces: Bool, [Change])
  /// What became of a transfer: nil when the keys were taken.
  case restored(transfer: Int, error: String?)

  /// A key and its new value.
  public struct Change: Sendable, Hashable {
    /// The key.
    public let key: String
    /// The value; nil when the key is gone.
    public let value: String?
  }

  /// The header that every heartbeat carries, and its gossip.
  public struct Heartbeat: Sendable, Hashable {
    /// The master that the sender replicates; nil when it is a master itself.
    public var master: NodeID?
    /// The highest epoch that the sender has seen.
    public var currentEpoch: UInt64
    /// The epoch of the slots below.
    public var configEpoch: UInt64
    /// The slots of the sender, or of its master.
    public var slots: [ClosedRange<Int>]
    /// How far the sender's data goes.
    public var offset: Int
    /// What the sender thinks of some other nodes.
    public var gossip: [Opinion]
  }

  /// What a node thinks of another.
  public struct Opinion: Sendable, Hashable {
    /// The node.
    public let node: NodeID
    /// Whether the sender cannot reach it, or knows that a majority cannot.
    public let isFailing: Bool
  }
}
