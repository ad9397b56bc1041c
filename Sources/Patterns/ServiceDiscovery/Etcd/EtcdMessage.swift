import Kernel

/// What travels between etcd clients and servers, and among servers.
public enum EtcdMessage: Sendable, Hashable {
  /// Raft among servers.
  case raft(RaftMessage<EtcdCommand, EtcdState>)
  /// A call; the answer carries the same number.
  case request(Int, EtcdRequest)
  /// The answer to the call of that number.
  case response(Int, Result<EtcdResponse, EtcdError>)
  /// A word on the watch of that number.
  case watch(Int, EtcdWatchResponse)
}

/// The disk of an etcd server.
public typealias EtcdDisk = RaftStorage<EtcdCommand, EtcdState>

/// A wish to watch keys.
public struct EtcdWatchRequest: Sendable, Hashable {
  /// The keys.
  public var keys: EtcdKeyRange
  /// The first revision wanted; 0 for whatever comes.
  public var startRevision: Int
  /// Whether events carry what the key was before.
  public var previous = false
  /// Whether writes are left out.
  public var omitsPuts = false
  /// Whether deletions are left out.
  public var omitsDeletes = false
  /// Whether the watch ends when its server has been without a leader for three election timeouts
  /// (`WithRequireLeader`); without it the watch just falls silent.
  public var requiresLeader = false
  /// Whether an idle watch is told the revision from time to time.
  public var notifiesProgress = false

  /// A watch of `keys` from `startRevision` on.
  public init(_ keys: EtcdKeyRange, from startRevision: Int = 0) {
    self.keys = keys
    self.startRevision = startRevision
  }
}

/// A word on a watch.
public struct EtcdWatchResponse: Sendable, Hashable {
  /// The place of the word in its watch, from 0; a gap means that the stream broke.
  public var sequence: Int
  /// The store's revision; 0 in a cancellation.
  public var revision: Int
  /// What is said.
  public var body: Body

  /// The kinds of word.
  public enum Body: Sendable, Hashable {
    /// The watch is in place.
    case created
    /// Events, whole revisions at a time, in order. Empty ones only tell of progress.
    case events([EtcdEvent])
    /// The watch is over at its client's wish (0) or because the past it needs is gone up to that
    /// revision.
    case canceled(compactRevision: Int)
    /// The watch is over because of an error.
    case failed(EtcdError)
  }
}
