import Kernel

/// What is asked of an API server.
public enum KubeRequest: Sendable, Hashable {
  /// Change something.
  case write(KubeCommand)
  /// The slices of all services now, and every change from then on.
  case watchSlices
  /// The pods of a machine now, and every change from then on.
  case watchPods(host: NodeID)
  /// Is the connection alive?
  case ping
}

/// What an API server answers, or says on a watch.
public enum KubeResponse: Sendable, Hashable {
  /// The write is committed.
  case done
  /// The write came to nothing: no majority, or no answer in time.
  case unavailable
  /// The slices, at a version.
  case slices([KubeEndpointSlice], version: Int)
  /// The pods of the machine, at a version.
  case pods([KubePod], version: Int)
  /// The connection is alive.
  case pong
}

/// A client's connection to the API servers: calls that time out, a watch that is checked by pings,
/// and the next server when either fails.
///
/// Source: kubernetes/client-go uses HTTP/2 with a ping after 30 s of silence and 15 s of patience.
public struct KubeConnection: Sendable, Equatable {
  /// How long a call waits for its answer.
  public static let callTimeout = TimeSpan.seconds(10)
  /// Silence after which the connection is checked.
  public static let pingInterval = TimeSpan.seconds(30)
  /// How long the check waits.
  public static let pingTimeout = TimeSpan.seconds(15)

  /// The servers.
  public let servers: [NodeID]
  private var place: Int
  private var nextCall = 0

  /// A connection that begins with the server at `first`.
  public init(_ servers: [NodeID], first: Int) {
    precondition(!servers.isEmpty, "a connection needs at least one API server")
    self.servers = servers
    place = first % servers.count
  }

  /// The server in use.
  public var server: NodeID { servers[place] }

  /// A number for the next call.
  public mutating func makeCall() -> Int {
    nextCall += 1
    return nextCall
  }

  /// Moves on to the next server.
  public mutating func moveOn() { place = (place + 1) % servers.count }
}
