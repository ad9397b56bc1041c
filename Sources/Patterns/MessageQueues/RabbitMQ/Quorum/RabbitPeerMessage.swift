import Kernel

/// What brokers of a cluster say to each other.
public enum RabbitPeerMessage: Sendable, Hashable {
  /// Between the Raft nodes of a quorum queue.
  case raft(String, RaftMessage<RabbitQuorumCommand, RabbitQuorumState>)
  /// Make a replica of this quorum queue.
  case declare(String, RabbitQueueArguments)
  /// Put this into the log of the queue, if you lead.
  case propose(String, RabbitQuorumCommand)
  /// I do not lead that queue; this broker may.
  case notLeader(String, hint: NodeID?)
  /// I lead that queue now.
  case leads(String)
  /// A command of your session has this result.
  case applied(String, RabbitSession, number: Int, RabbitQuorumResult)
  /// A message for one of your consumers.
  case deliver(String, RabbitSession, RabbitQuorumDelivery)
  /// I am here and have received deliveries up to this number.
  case sync(String, RabbitSession, receivedUpTo: Int)
  /// I know no such session: your consumers are gone.
  case unknown(String, RabbitSession)
  /// A dead message for a classic queue of yours; nobody asks whether it arrived.
  case publish(RabbitMessage, queue: String)
}
