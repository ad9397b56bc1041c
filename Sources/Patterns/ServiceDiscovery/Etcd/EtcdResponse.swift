import Kernel

/// What an etcd server answers when it can.
public struct EtcdResponse: Sendable, Hashable {
  /// The store's revision when the answer was made.
  public var revision: Int
  /// The answer itself.
  public var body: Body

  /// The answers to the kinds of request.
  public enum Body: Sendable, Hashable {
    /// To an operation.
    case operation(EtcdOperationResponse)
    /// The past is dropped.
    case compacted
    /// A lease with the seconds it really has.
    case leaseGranted(EtcdLeaseID, ttl: Int64)
    /// A lease and its keys are gone.
    case leaseRevoked
    /// The seconds a lease has again; 0 when there is no such lease.
    case leaseKeptAlive(EtcdLeaseID, ttl: Int64)
    /// The whole seconds a lease still has, -1 when there is none; those it was granted.
    case leaseTimeToLive(EtcdLeaseID, ttl: Int64, granted: Int64)
    /// Who leads, and what this server thinks is wrong.
    case status(leader: NodeID?, term: Int, errors: [EtcdError])
    /// A request about members or leadership was taken.
    case accepted
  }

  /// An answer.
  public init(revision: Int, _ body: Body) {
    self.revision = revision
    self.body = body
  }
}

/// The answer to one operation.
public indirect enum EtcdOperationResponse: Sendable, Hashable {
  /// What a read found.
  case range(EtcdRangeResponse)
  /// A write is done.
  case put(revision: Int, previous: EtcdKeyValue?)
  /// So many keys were deleted.
  case delete(revision: Int, deleted: Int, previous: [EtcdKeyValue])
  /// What became of a transaction.
  case transaction(revision: Int, succeeded: Bool, [EtcdOperationResponse])

  /// The revision in the answer's own header.
  public var revision: Int {
    switch self {
    case .range(let response): response.revision
    case .put(let revision, _), .delete(let revision, _, _), .transaction(let revision, _, _):
      revision
    }
  }
}

/// What a read found.
public struct EtcdRangeResponse: Sendable, Hashable {
  /// The latest revision, also when an older one was read.
  public var revision: Int
  /// The key-values, empty when only counted.
  public var keyValues: [EtcdKeyValue]
  /// Whether the limit cut some off.
  public var more: Bool
  /// How many keys the range has, whatever the limit.
  public var count: Int
}
