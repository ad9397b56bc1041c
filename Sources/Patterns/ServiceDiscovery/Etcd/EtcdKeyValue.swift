/// The name of a lease; 0 stands for none.
public typealias EtcdLeaseID = Int64

/// A key with what is known about it at one revision.
public struct EtcdKeyValue: Sendable, Hashable {
  /// The key.
  public let key: String
  /// The revision at which the key came into being after it last was absent; 0 in a deletion.
  public let createRevision: Int
  /// The revision of the change that this is.
  public let modRevision: Int
  /// How often the key was written since its creation; 0 in a deletion.
  public let version: Int
  /// The value.
  public var value: String
  /// The lease that the key hangs on, or 0.
  public let lease: EtcdLeaseID

  /// A key with its value and revisions.
  public init(
    key: String, createRevision: Int, modRevision: Int, version: Int, value: String,
    lease: EtcdLeaseID = 0
  ) {
    self.key = key
    self.createRevision = createRevision
    self.modRevision = modRevision
    self.version = version
    self.value = value
    self.lease = lease
  }

  /// The deletion of `key` at `revision`, as events show it.
  static func deletion(of key: String, at revision: Int) -> EtcdKeyValue {
    EtcdKeyValue(key: key, createRevision: 0, modRevision: revision, version: 0, value: "")
  }

  var isDeletion: Bool { version == 0 }
}

/// One change of one key.
public struct EtcdEvent: Sendable, Hashable {
  /// What became of the key.
  public enum Kind: String, Sendable, Hashable {
    /// It was written.
    case put = "PUT"
    /// It was deleted, by a request or with its lease.
    case delete = "DELETE"
  }

  /// What became of the key.
  public let kind: Kind
  /// The key as the change left it.
  public let keyValue: EtcdKeyValue
  /// The key as it was before, where it was asked for and is not compacted.
  public var previous: EtcdKeyValue?
}

/// Everything that changed at one revision, in the order of its operations.
public struct EtcdBatch: Sendable, Hashable {
  /// The revision.
  public let revision: Int
  /// The changes, at least one.
  public fileprivate(set) var events: [EtcdEvent]

  init(revision: Int, events: [EtcdEvent]) {
    self.revision = revision
    self.events = events
  }
}
