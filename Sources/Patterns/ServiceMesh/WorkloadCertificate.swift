import Kernel

/// The proof of who a workload is: an identity, who signed it, and from when to when it counts.
///
/// The signature is a fact here and no arithmetic: nobody can make a certificate but a
/// `CertificateAuthority`, and whoever holds the root knows whose it is.
public struct WorkloadCertificate: Sendable, Hashable {
  /// The service account that it names, as in `spiffe://cluster.local/ns/shop/sa/orders`.
  public let identity: Int
  /// The root that it goes back to.
  public let root: Int
  /// The first instant, by the wall clock, at which it counts.
  public let notBefore: Instant
  /// The instant from which it no longer counts.
  public let notAfter: Instant

  /// How long it counts.
  public var lifetime: TimeSpan { notAfter - notBefore }
}

/// Signs certificates, for as long a life as it is told.
public struct CertificateAuthority: Sendable, Equatable {
  /// How long a certificate counts from its signing.
  public let lifetime: TimeSpan
  /// How far before its signing a certificate begins to count, for clocks that lag.
  public let backdate: TimeSpan
  /// The root it signs with.
  public private(set) var root: Int
  /// Certificates signed.
  public private(set) var signedCount = 0

  /// An authority that signs with `root`.
  public init(lifetime: TimeSpan, backdate: TimeSpan, root: Int = 1) {
    precondition(lifetime > .zero && backdate >= .zero, "a certificate must live")
    self.lifetime = lifetime
    self.backdate = backdate
    self.root = root
  }

  /// Signs with another root from now on.
  public mutating func activate(root: Int) { self.root = root }

  /// A certificate for `identity`, whose life begins at `wall`.
  public mutating func sign(_ identity: Int, at wall: Instant) -> WorkloadCertificate {
    signedCount += 1
    return WorkloadCertificate(
      identity: identity, root: root, notBefore: wall - backdate, notAfter: wall + lifetime)
  }
}
