/// What etcd answers instead of a result, in its own words.
///
/// Source: etcd-io/etcd, api/v3rpc/rpctypes/error.go.
public enum EtcdError: String, Sendable, Hashable, Error {
  /// The key of a request is empty.
  case emptyKey = "etcdserver: key is not provided"
  /// `ignore_value` or `ignore_lease` on a key that does not exist.
  case keyNotFound = "etcdserver: key not found"
  /// A value together with `ignore_value`.
  case valueProvided = "etcdserver: value is provided"
  /// A lease together with `ignore_lease`.
  case leaseProvided = "etcdserver: lease is provided"
  /// More operations than `max-txn-ops`.
  case tooManyOperations = "etcdserver: too many operations in txn request"
  /// A transaction writes a key twice.
  case duplicateKey = "etcdserver: duplicate key given in txn request"
  /// The past asked for is gone.
  case compacted = "etcdserver: mvcc: required revision has been compacted"
  /// The revision asked for does not exist yet.
  case futureRevision = "etcdserver: mvcc: required revision is a future revision"
  /// No such lease.
  case leaseNotFound = "etcdserver: requested lease not found"
  /// A lease of that name exists.
  case leaseExists = "etcdserver: lease already exists"
  /// A time to live over 9,000,000,000 s.
  case leaseTTLTooLarge = "etcdserver: too large lease TTL"
  /// The request waited for a leader until its time was over.
  case deadlineExceeded = "context deadline exceeded"
  /// The request went to the leader and did not come back in time.
  case timeout = "etcdserver: request timed out"
  /// The same, and a leader was lost shortly before.
  case timeoutDueToLeaderFailure =
    "etcdserver: request timed out, possibly due to previous leader failure"
  /// The leader changed while a read waited.
  case leaderChanged = "etcdserver: leader changed"
  /// There is no leader.
  case noLeader = "etcdserver: no leader"
  /// Only the leader does that.
  case notLeader = "etcdserver: not leader"
  /// Too many entries wait for their commit.
  case tooManyRequests = "etcdserver: too many requests"
  /// Leadership is being handed over.
  case proposalDropped = "raft proposal dropped"
  /// No such member, or not one that the request can mean.
  case memberNotFound = "etcdserver: member not found"
  /// Another change of members is under way.
  case unhealthy = "etcdserver: unhealthy cluster"

  /// The text as the server sends it.
  public var text: String { rawValue }

  /// The gRPC status code.
  public var code: Int {
    switch self {
    case .deadlineExceeded, .proposalDropped: 2
    case .emptyKey, .keyNotFound, .valueProvided, .leaseProvided, .tooManyOperations,
      .duplicateKey:
      3
    case .leaseNotFound, .memberNotFound: 5
    case .tooManyRequests: 8
    case .leaseExists, .notLeader: 9
    case .compacted, .futureRevision, .leaseTTLTooLarge: 11
    case .timeout, .timeoutDueToLeaderFailure, .leaderChanged, .noLeader, .unhealthy: 14
    }
  }

  /// The HTTP status that the JSON gateway of etcd 3.4 gives it.
  public var httpStatus: Int {
    switch code {
    case 3, 11: 400
    case 5: 404
    case 8: 429
    case 9: 412
    case 14: 503
    default: 500
    }
  }
}
