import Kernel

/// One proxy of a mesh: the side that is called, the side that calls, its certificate and its
/// connections.
///
///     started ──certificate and routes──▶ ready        dies: certificate and connections are gone
///
/// It stands beside a workload at both ends of every call. The mesh's shop, its bench and the pods of the
/// sidecar topic all run this one.
///
/// **A connection is used only while it is younger than the age that is asked for; it was made in a
/// handshake that both sides let pass.**
public struct MeshProxy: Sendable, Equatable {
  /// A connection to an endpoint, and as whom its server knows this proxy.
  public struct Connection: Sendable, Hashable {
    /// When it was made.
    public let since: Instant
    /// The identity that the handshake proved; nil over plaintext.
    public let identity: Int?
  }

  /// Whether there is a proxy at all; a workload without one speaks plaintext.
  public let hasSidecar: Bool
  /// What keeps its certificate fresh.
  public var agent: CertificateAgent
  /// The side that is called.
  public var inbound: InboundProxy
  /// The side that calls; nil where nobody is called.
  public var outbound: OutboundProxy?
  /// Connections by endpoint of the side that calls.
  public private(set) var connections: [Connection?]

  /// A proxy without a certificate and without connections.
  public init(
    hasSidecar: Bool = true, agent: CertificateAgent, inbound: InboundProxy,
    outbound: OutboundProxy?
  ) {
    self.hasSidecar = hasSidecar
    self.agent = agent
    self.inbound = inbound
    self.outbound = outbound
    connections = outbound?.endpoints.map { _ in nil } ?? []
  }

  /// Whether it has what it needs to carry calls: a certificate, and routes where it calls anybody.
  public var isReady: Bool {
    agent.certificate != nil && outbound.map { $0.routes != nil } ?? true
  }

  /// What it shows in a handshake at `wall` of its clock.
  public func side(at wall: Instant) -> MutualTLS.Side {
    MutualTLS.Side(
      hasSidecar: hasSidecar, certificate: agent.certificate, trusted: inbound.trusted, wall: wall)
  }

  /// The connection to an endpoint, if there is one that is younger than `age`.
  public func connection(
    to endpoint: Int, youngerThan age: TimeSpan, at now: Instant
  ) -> Connection? {
    connections[endpoint].flatMap { now - $0.since < age ? $0 : nil }
  }

  /// Makes a connection to an endpoint, whose proxy shows `server`; a handshake that is refused leaves
  /// none.
  public mutating func connect(
    to endpoint: Int, _ server: MutualTLS.Side, mode: PeerMode, as client: MutualTLS.Side,
    at now: Instant, shortcut: MeshShortcut? = nil
  ) -> MutualTLS.Handshake {
    let shaken = MutualTLS.handshake(client, server, mode: mode, shortcut: shortcut)
    switch shaken {
    case .refused: connections[endpoint] = nil
    case .plaintext: connections[endpoint] = Connection(since: now, identity: nil)
    case .mutual(let identity): connections[endpoint] = Connection(since: now, identity: identity)
    }
    return shaken
  }

  /// Takes note that the connection to an endpoint is broken.
  public mutating func disconnect(_ endpoint: Int) { connections[endpoint] = nil }

  /// Takes note that every connection is broken.
  public mutating func disconnectAll() { connections = connections.map { _ in nil } }

  /// Takes a part of the configuration over; with other roots connections are made anew.
  public mutating func adopt(_ part: MeshPart) {
    inbound.adopt(part)
    outbound?.adopt(part)
    if part.rank == 0 { disconnectAll() }
  }

  /// Takes note that its process died: it begins anew with `agent` and without connections.
  public mutating func died(_ agent: CertificateAgent) {
    self.agent = agent
    disconnectAll()
  }
}
