import Kernel

/// What a client asks of one key of a replicated store.
public enum StoreAction: Sendable, Hashable {
  /// The value, please.
  case read
  /// Hold this value from now on.
  case write(Int)
  /// Hold `to` from now on if the value is `from`; nil is no value.
  case compareAndSet(from: Int?, to: Int)
  /// Add this to the value, which counts as 0 where there is none.
  case add(Int)
  /// Hold nothing from now on.
  case delete

  /// Whether it leaves the store as it is, whatever it holds.
  public var isRead: Bool { self == .read }
}

/// One request of one client; every retry of it carries the same id, so that a store can tell.
public struct StoreRequest: Sendable, Hashable {
  /// The client's name for a request.
  public struct ID: Sendable, Hashable {
    /// The client.
    public let client: NodeID
    /// Counted up by the client.
    public let number: Int

    /// Request `number` of `client`.
    public init(client: NodeID, number: Int) {
      self.client = client
      self.number = number
    }
  }

  /// The request's name.
  public let id: ID
  /// The key.
  public let key: Int
  /// What is asked.
  public let action: StoreAction
  /// The version that the client's session has seen, or nil.
  ///
  /// A replica that has not applied as much may not answer.
  public let atLeast: StoreVersion?
  /// What the client's wall clock read when it made the request, for stores that order writes by it.
  public let madeAt: Instant?

  /// A request.
  public init(
    id: ID, key: Int, action: StoreAction, atLeast: StoreVersion? = nil, madeAt: Instant? = nil
  ) {
    self.id = id
    self.key = key
    self.action = action
    self.atLeast = atLeast
    self.madeAt = madeAt
  }
}

/// A place in the history of a store: the later one has seen all of the earlier ones, as long as
/// the history is one line.
public struct StoreVersion: Sendable, Hashable, Comparable {
  /// The reign of the primary or leader that made it; 0 where the log itself is one line.
  public let epoch: Int
  /// The place in the log, from 1; 0 is before everything.
  public let place: Int

  /// Place `place` of `epoch`.
  public init(epoch: Int, place: Int) {
    self.epoch = epoch
    self.place = place
  }

  /// Before everything.
  public static let none = StoreVersion(epoch: 0, place: 0)

  /// Whether the left version is of an earlier reign, or earlier in the same.
  public static func < (left: StoreVersion, right: StoreVersion) -> Bool {
    (left.epoch, left.place) < (right.epoch, right.place)
  }
}

/// What came of a request.
public enum StoreResult: Sendable, Hashable {
  /// The key holds this, and no write after `version` is in it.
  case holds(Int?, version: StoreVersion)
  /// The write took effect as `version`.
  case written(version: StoreVersion)
  /// The comparison failed: the key holds this.
  case mismatch(Int?, version: StoreVersion)
  /// It did not happen, for this reason; the node to ask instead, if the replica knows.
  case refused(StoreRefusal, ask: NodeID?)
}

/// Why a replica does not carry a request out.
public enum StoreRefusal: String, Sendable, Hashable, CaseIterable {
  /// Only the primary or leader does that.
  case notPrimary = "not the primary"
  /// The primary's lease is over: there may be another primary by now.
  case leaseOver = "lease over"
  /// The primary is new in office and does not know yet which of the writes it took over are safe.
  case recovering = "recovering"
  /// The replica has not applied what the session has seen.
  case behind = "behind the session"
  /// Too few replicas answer.
  case noQuorum = "no quorum"
  /// The store has no such operation.
  case notOffered = "not offered"
}

/// The answer to a request.
public struct StoreReply: Sendable, Hashable {
  /// The request's name.
  public let id: StoreRequest.ID
  /// What came of it.
  public let result: StoreResult

  /// The answer to `id`.
  public init(_ id: StoreRequest.ID, _ result: StoreResult) {
    self.id = id
    self.result = result
  }
}
