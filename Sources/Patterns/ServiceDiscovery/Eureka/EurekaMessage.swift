import Kernel

/// What travels between Eureka clients, servers and peers: requests with a number and their answers.
public enum EurekaMessage: Sendable, Hashable {
  /// A call; the answer carries the same number.
  case request(Int, Request)
  /// The answer to the call of that number.
  case response(Int, Response)

  /// What may be asked of a server.
  public enum Request: Sendable, Hashable {
    /// Register this instance.
    case register(EurekaInstance)
    /// The heartbeat of a node, with its `lastDirtyTimestamp`.
    case renew(NodeID, lastDirty: Instant)
    /// Take a node out.
    case cancel(NodeID)
    /// An operator's override of a node's status.
    case statusUpdate(NodeID, EurekaInstance.Status, lastDirty: Instant)
    /// The end of an operator's override.
    case deleteStatusOverride(NodeID, lastDirty: Instant)
    /// The whole registry.
    case fetchAll
    /// What changed in the last minutes.
    case fetchDelta
    /// A batch of operations that happened at a peer.
    case replicate([EurekaReplication])
    /// The whole registry, for a peer that starts.
    case copyRegistry
  }

  /// What a server may answer.
  public enum Response: Sendable, Hashable {
    /// Done (204).
    case done
    /// No such lease (404): the client must register again.
    case notFound
    /// A peer holds newer data (409), which it sends along.
    case conflict(EurekaInstance)
    /// The server does not serve this yet (403 or 503).
    case unavailable
    /// The whole registry.
    case all(EurekaApplications)
    /// Recent changes with the code of the whole registry.
    case delta(EurekaApplications)
    /// One answer for each operation of a batch.
    case replicated([Response])
  }
}

/// One operation on its way to a peer.
///
/// Source: Netflix/eureka, `PeerEurekaNode`; an operation that waited longer than the instance's
/// renewal interval is dropped, the next heartbeat repairs it.
public struct EurekaReplication: Sendable, Hashable {
  /// What happened.
  public enum Action: Sendable, Hashable {
    /// The instance registered.
    case register
    /// The instance renewed its lease.
    case heartbeat
    /// The instance was cancelled.
    case cancel
    /// The status was overridden.
    case statusUpdate
    /// The override was lifted.
    case deleteStatusOverride
  }

  /// What happened.
  public let action: Action
  /// The instance as the sender knew it.
  public let instance: EurekaInstance
  /// When the operation is no longer worth sending.
  public let expiry: Instant

  /// An operation on `instance` that is worth sending until `expiry`.
  public init(_ action: Action, _ instance: EurekaInstance, expiry: Instant) {
    self.action = action
    self.instance = instance
    self.expiry = expiry
  }
}
