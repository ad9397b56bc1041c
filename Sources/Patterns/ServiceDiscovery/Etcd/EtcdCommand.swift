import Kernel

/// An entry of etcd's Raft log: a change that all servers apply in the same order.
public struct EtcdCommand: Sendable, Hashable {
  /// Who proposed it, so that only that server answers its client.
  public struct ID: Sendable, Hashable {
    /// The server.
    public let server: NodeID
    /// When the server's process started: numbers begin anew then.
    public let epoch: Instant
    /// The number that the server gave it.
    public let number: Int
  }

  /// The changes there are.
  public enum Body: Sendable, Hashable {
    /// Write, delete, or a transaction that may.
    case operation(EtcdOperation)
    /// Drop the past before a revision.
    case compact(Int)
    /// Make a lease.
    case leaseGrant(EtcdLeaseID, ttl: Int64)
    /// End a lease and delete its keys.
    case leaseRevoke(EtcdLeaseID)
    /// Note the seconds that leases still have, so that a new leader need not start them anew.
    case leaseCheckpoint([EtcdLeaseCheckpoint])
  }

  /// Who proposed it.
  public let id: ID
  /// What changes.
  public let body: Body
}

/// What a lease still has, as the leader saw it.
public struct EtcdLeaseCheckpoint: Sendable, Hashable {
  /// The lease.
  public let lease: EtcdLeaseID
  /// Its remaining whole seconds, rounded up.
  public let remaining: Int64
}
