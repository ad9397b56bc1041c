import Kernel

/// What a Eureka registry knows of one instance.
///
/// Source: Netflix/eureka, `com.netflix.appinfo.InstanceInfo` and `LeaseInfo`.
public struct EurekaInstance: Sendable, Hashable {
  /// What an instance says of itself, or an operator of it.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Ready to receive traffic.
    case up = "UP"
    /// Its own health check failed.
    case down = "DOWN"
    /// Still initialising.
    case starting = "STARTING"
    /// Taken out of traffic on purpose.
    case outOfService = "OUT_OF_SERVICE"
    /// Nothing is known; as an override it means "no override".
    case unknown = "UNKNOWN"
  }

  /// What last happened to it in the registry; a delta carries it.
  public enum Action: Sendable, Hashable {
    /// It was registered.
    case added
    /// Its status changed.
    case modified
    /// It was cancelled or evicted.
    case deleted
  }

  /// The node it runs on; its identity in the registry.
  public let node: NodeID
  /// The application it belongs to.
  public let service: ServiceID
  /// The status that callers see.
  public var status: Status
  /// The operator's override, `unknown` when there is none.
  public var overriddenStatus = Status.unknown
  /// When the instance last changed its own data, by its own clock: the newer copy wins.
  public var lastDirty: Instant
  /// `renewalIntervalInSecs`: the time between two heartbeats.
  public var renewalInterval: TimeSpan
  /// `durationInSecs`: the time without heartbeat after which the lease should end.
  public var leaseDuration: TimeSpan
  /// What last happened to it.
  public var action = Action.added

  /// An instance as it first registers itself.
  public init(
    node: NodeID, service: ServiceID, status: Status = .up, lastDirty: Instant,
    renewalInterval: TimeSpan = .seconds(30), leaseDuration: TimeSpan = .seconds(90)
  ) {
    self.node = node
    self.service = service
    self.status = status
    self.lastDirty = lastDirty
    self.renewalInterval = renewalInterval
    self.leaseDuration = leaseDuration
  }
}

/// A set of instances as servers send it to clients.
public struct EurekaApplications: Sendable, Hashable {
  /// The instances, in the order of their nodes.
  public var instances: [EurekaInstance]
  /// The reconciliation code of the server's whole registry.
  public var hashCode: String

  /// The instances with the code of exactly this set.
  public init(_ instances: [EurekaInstance]) {
    self.instances = instances
    hashCode = Self.hashCode(of: instances)
  }

  /// Changed instances with the code of the registry they were taken from.
  public init(changes: [EurekaInstance], registry: [EurekaInstance]) {
    instances = changes
    hashCode = Self.hashCode(of: registry)
  }

  /// The reconciliation code: instances counted by status, statuses in alphabetical order.
  ///
  /// It is no hash of the contents: two registries with different instances but the same counts
  /// agree. Source: Netflix/eureka, `Applications.getReconcileHashCode`.
  public static func hashCode(of instances: [EurekaInstance]) -> String {
    var text = ""
    for status in EurekaInstance.Status.allCases.sorted(by: { $0.rawValue < $1.rawValue }) {
      let count = instances.count { $0.status == status }
      if count > 0 { text += "\(status.rawValue)_\(count)_" }
    }
    return text
  }
}
