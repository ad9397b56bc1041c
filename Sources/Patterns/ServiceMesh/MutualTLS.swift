import Kernel

/// Which connections a sidecar takes from others.
public enum PeerMode: String, Sendable, Hashable, CaseIterable {
  /// Mutual TLS and plaintext.
  case permissive
  /// Mutual TLS only.
  case strict
}

/// The handshake between two sidecars: each shows a certificate, each checks the other's.
///
/// A certificate is looked at when a connection is made, and never again while it lasts.
/// That is why an expiry does not hit at once, but connection by connection.
///
/// **A connection never begins with a certificate that has run out, does not count yet, or goes
/// back to a root that the other side does not trust.**
public enum MutualTLS {
  /// Why a handshake failed.
  public enum Refusal: String, Sendable, Hashable, CaseIterable {
    /// A certificate has run out.
    case expired
    /// A certificate does not count yet, as with a clock that lags.
    case notYetValid = "not yet valid"
    /// A certificate goes back to a root that is not in the other side's bundle.
    case unknownRoot = "unknown root"
    /// A side that must show a certificate has none.
    case noCertificate = "no certificate"
  }

  /// What a handshake comes to.
  public enum Handshake: Sendable, Hashable {
    /// A connection of which the server knows who the client is.
    case mutual(identity: Int)
    /// A connection of which nobody knows anything.
    case plaintext
    /// No connection.
    case refused(Refusal)
  }

  /// One side of a handshake.
  public struct Side: Sendable, Hashable {
    /// Whether it has a sidecar; a side without one speaks plaintext.
    public var hasSidecar: Bool
    /// The certificate that it shows.
    public var certificate: WorkloadCertificate?
    /// The roots that it trusts.
    public var trusted: [Int]
    /// Its wall clock.
    public var wall: Instant

    /// A side.
    public init(hasSidecar: Bool, certificate: WorkloadCertificate?, trusted: [Int], wall: Instant)
    {
      self.hasSidecar = hasSidecar
      self.certificate = certificate
      self.trusted = trusted
      self.wall = wall
    }

    /// What it has against `other`, or nil.
    public func objection(to other: Side, _ shortcut: MeshShortcut? = nil) -> Refusal? {
      guard let shown = other.certificate else { return .noCertificate }
      guard trusted.contains(shown.root) else { return .unknownRoot }
      if shortcut == .ignoresDates { return nil }
      if wall >= shown.notAfter { return .expired }
      return wall < shown.notBefore ? .notYetValid : nil
    }
  }

  /// What a handshake between `client` and `server` comes to.
  public static func handshake(
    _ client: Side, _ server: Side, mode: PeerMode, shortcut: MeshShortcut? = nil
  ) -> Handshake {
    guard server.hasSidecar else { return .plaintext }
    guard client.hasSidecar else {
      return mode == .permissive || shortcut == .acceptsPlaintext
        ? .plaintext : .refused(.noCertificate)
    }
    if let refusal = client.objection(to: server, shortcut)
      ?? server.objection(to: client, shortcut)
    {
      return .refused(refusal)
    }
    guard let certificate = client.certificate else { return .refused(.noCertificate) }
    return .mutual(identity: certificate.identity)
  }
}
