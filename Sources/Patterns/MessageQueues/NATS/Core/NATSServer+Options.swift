import Kernel

/// The limits of a NATS server.
///
/// Defaults: nats-server, server/const.go.
public struct NATSServerOptions: Sendable, Hashable {
  /// The longest body that it takes, in bytes.
  public var maxPayload = 1_048_576
  /// The most bytes that may wait for one client; more and the client is cut off.
  public var maxPending = 67_108_864
  /// How long bytes may wait without the client's taking any; longer and it is cut off.
  public var writeDeadline = TimeSpan.seconds(10)
  /// Wrong ways to build it.
  public var shortcuts: Set<NATSShortcut> = []

  /// The defaults.
  public init() {}
}

/// A wrong way to build a NATS server that seems to work.
public enum NATSShortcut: String, Sendable, Hashable, CaseIterable {
  /// Gives a message to every member of a queue group.
  case groupsBroadcast = "groups-broadcast"
  /// Keeps a client that does not read, however much waits for it.
  case keepsSlowConsumers = "keeps-slow-consumers"
}
