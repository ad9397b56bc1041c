import Kernel

/// What a client may ask of an etcd server.
public enum EtcdRequest: Sendable, Hashable {
  /// Read, write, delete or run a transaction.
  case operation(EtcdOperation)
  /// Drop the past before a revision.
  case compact(Int)
  /// Make a lease of at least so many seconds; the name 0 lets the server choose.
  case leaseGrant(EtcdLeaseID, ttl: Int64)
  /// End a lease and delete its keys.
  case leaseRevoke(EtcdLeaseID)
  /// Start the time of a lease anew.
  case leaseKeepAlive(EtcdLeaseID)
  /// Ask how long a lease still has.
  case leaseTimeToLive(EtcdLeaseID)
  /// Watch keys; the answers come as `watch` messages under the number of the request.
  case watch(EtcdWatchRequest)
  /// End the watch that was asked for under that number.
  case cancelWatch(Int)
  /// Ask for a word on the watch of that number, even if nothing happened.
  case watchProgress(Int)
  /// Ask who leads and how far this server is.
  case status
  /// Change a member.
  case changeMember(RaftMembershipChange)
  /// Hand leadership over.
  case moveLeader(to: NodeID)
}

/// An operation on keys; transactions are made of them and are one themselves.
public indirect enum EtcdOperation: Sendable, Hashable {
  /// Read keys.
  case range(EtcdRangeRequest)
  /// Write a key.
  case put(EtcdPutRequest)
  /// Delete keys; `previous` asks for what they were.
  case delete(EtcdKeyRange, previous: Bool)
  /// Compare, then do one thing or the other.
  case transaction(EtcdTransaction)

  /// Writes `value` under `key`.
  public static func put(_ key: String, _ value: String, lease: EtcdLeaseID = 0) -> EtcdOperation {
    .put(EtcdPutRequest(key, value, lease: lease))
  }

  /// Deletes the keys in `range`.
  public static func delete(_ range: EtcdKeyRange) -> EtcdOperation {
    .delete(range, previous: false)
  }

  /// Reads the keys in `range` from a quorum.
  public static func range(_ range: EtcdKeyRange) -> EtcdOperation {
    .range(EtcdRangeRequest(range))
  }

  /// Whether it only reads.
  public var isRead: Bool {
    switch self {
    case .range: true
    case .put, .delete: false
    case .transaction(let transaction):
      transaction.success.allSatisfy(\.isRead) && transaction.failure.allSatisfy(\.isRead)
    }
  }

  /// Whether it may be answered from the state of any one server.
  public var isSerializable: Bool {
    switch self {
    case .range(let request): request.isSerializable
    case .put, .delete: false
    case .transaction(let transaction):
      transaction.success.allSatisfy(\.isSerializable)
        && transaction.failure.allSatisfy(\.isSerializable)
    }
  }
}

/// A read of keys.
public struct EtcdRangeRequest: Sendable, Hashable {
  /// What results are sorted by.
  public enum Target: String, Sendable, Hashable {
    /// The key.
    case key = "KEY"
    /// The version.
    case version = "VERSION"
    /// The revision of creation.
    case create = "CREATE"
    /// The revision of the last change.
    case mod = "MOD"
    /// The value.
    case value = "VALUE"
  }

  /// The direction of sorting.
  public enum Order: String, Sendable, Hashable {
    /// As it comes: by key.
    case none = "NONE"
    /// Smallest first.
    case ascending = "ASCEND"
    /// Greatest first.
    case descending = "DESCEND"
  }

  /// The keys.
  public var keys: EtcdKeyRange
  /// The revision to read at, 0 for the latest.
  public var revision = 0
  /// How many results at most, 0 for all.
  public var limit = 0
  /// The direction of sorting.
  public var order = Order.none
  /// What to sort by.
  public var target = Target.key
  /// Whether any one server may answer from what it knows.
  public var isSerializable = false
  /// Whether to leave the values out.
  public var keysOnly = false
  /// Whether to answer only how many there are.
  public var countOnly = false
  /// Bounds of the revision of the last change and of creation; 0 for none.
  public var minModRevision = 0
  /// See `minModRevision`.
  public var maxModRevision = 0
  /// See `minModRevision`.
  public var minCreateRevision = 0
  /// See `minModRevision`.
  public var maxCreateRevision = 0

  /// A read of `keys` as they are now, confirmed by a quorum.
  public init(_ keys: EtcdKeyRange) { self.keys = keys }
}

/// A write of a key.
public struct EtcdPutRequest: Sendable, Hashable {
  /// The key.
  public var key: String
  /// The value.
  public var value: String
  /// The lease to hang the key on, or 0.
  public var lease: EtcdLeaseID
  /// Whether to answer what the key was before.
  public var previous = false
  /// Whether to keep the value and change only the lease.
  public var ignoreValue = false
  /// Whether to keep the lease.
  public var ignoreLease = false

  /// A write of `value` under `key`.
  public init(_ key: String, _ value: String, lease: EtcdLeaseID = 0) {
    self.key = key
    self.value = value
    self.lease = lease
  }
}

/// A transaction: if all comparisons hold the first operations are done, else the second.
public struct EtcdTransaction: Sendable, Hashable {
  /// What is compared.
  public var compares: [EtcdCompare]
  /// What is done if all hold.
  public var success: [EtcdOperation]
  /// What is done if not.
  public var failure: [EtcdOperation]

  /// A transaction.
  public init(
    if compares: [EtcdCompare], then success: [EtcdOperation] = [],
    else failure: [EtcdOperation] = []
  ) {
    self.compares = compares
    self.success = success
    self.failure = failure
  }
}

/// A comparison of keys with a constant.
public struct EtcdCompare: Sendable, Hashable {
  /// What is compared, with the constant.
  public enum Target: Sendable, Hashable {
    /// The value; no comparison of a value holds for a key that does not exist.
    case value(String)
    /// The version; 0 for a key that does not exist.
    case version(Int)
    /// The revision of creation; 0 for a key that does not exist.
    case create(Int)
    /// The revision of the last change; 0 for a key that does not exist.
    case mod(Int)
    /// The lease; 0 for none.
    case lease(EtcdLeaseID)
  }

  /// How what is found must stand to the constant.
  public enum Relation: String, Sendable, Hashable {
    /// The same.
    case equal = "=="
    /// Another.
    case notEqual = "!="
    /// Greater.
    case greater = ">"
    /// Less.
    case less = "<"
  }

  /// The keys; the comparison must hold for each of them.
  public var keys: EtcdKeyRange
  /// The relation.
  public var relation: Relation
  /// What is compared with what.
  public var target: Target

  /// A comparison of one key.
  public init(_ keys: EtcdKeyRange, _ relation: Relation, _ target: Target) {
    self.keys = keys
    self.relation = relation
    self.target = target
  }
}
