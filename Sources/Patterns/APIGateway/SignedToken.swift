import Kernel

/// A key that an issuer signs tokens with: its id is public, its secret is the issuer's alone.
public struct SigningKey: Sendable, Hashable {
  /// The id that tokens name in their header: `kid`.
  public let id: Int
  /// Stands for the private half: a signature can be made only by who has it.
  public let secret: Int

  /// A key.
  public init(id: Int, secret: Int) {
    self.id = id
    self.secret = secret
  }
}

/// Claims with a signature, as in a JSON Web Token (RFC 7519).
///
/// There is no cryptography: `signedWith` is the secret that made the signature, and nobody but a
/// verifier that holds the key compares it. What matters here are ids, dates and audiences.
public struct SignedToken: Sendable, Hashable {
  /// How a token says that it was signed.
  public enum Algorithm: String, Sendable, Hashable, CaseIterable {
    /// With the issuer's private key.
    case asymmetric = "RS256"
    /// Not at all.
    case none
  }

  /// What the header says of the signature.
  public var algorithm: Algorithm
  /// The id of the key: `kid`.
  public var keyID: Int
  /// The secret that the signature was made with.
  public var signedWith: Int
  /// Whom it was made for: `aud`.
  public var audience: Int
  /// Whom it speaks of: `sub`.
  public var subject: Int
  /// The first instant, by the issuer's clock, at which it counts: `nbf`.
  public var notBefore: Instant
  /// The instant from which it no longer counts: `exp`.
  public var expiresAt: Instant

  /// A token.
  public init(
    algorithm: Algorithm = .asymmetric, keyID: Int, signedWith: Int, audience: Int, subject: Int,
    notBefore: Instant, expiresAt: Instant
  ) {
    self.algorithm = algorithm
    self.keyID = keyID
    self.signedWith = signedWith
    self.audience = audience
    self.subject = subject
    self.notBefore = notBefore
    self.expiresAt = expiresAt
  }
}

/// Decides whether a token counts, in the order that costs least and gives nothing away.
///
///     algorithm ─▶ key by id ─▶ signature ─▶ exp ─▶ nbf ─▶ audience ─▶ taken
///
/// **A token is taken only with an allowed algorithm, a signature of the issuer's, within its dates
/// give or take the leeway, and for this audience.**
///
/// Source: RFC 8725 (JSON Web Token best current practices), RFC 7519 section 4.1.
public struct TokenVerifier: Sendable, Hashable {
  /// Why a token is not taken.
  public enum Refusal: String, Sendable, Hashable, CaseIterable {
    /// Its algorithm is not among the allowed.
    case algorithm
    /// No key of that id is known.
    case unknownKey = "unknown key"
    /// The signature is another's.
    case signature
    /// It has run out.
    case expired
    /// It does not count yet.
    case notYetValid = "not yet valid"
    /// It was made for another audience.
    case audience
  }

  /// Whom tokens must be made for.
  public let audience: Int
  /// How far the clocks of issuer and gateway may be apart.
  public let leeway: TimeSpan
  /// Whether `exp` and `nbf` are looked at.
  public let checksDates: Bool
  /// A wrong way to build it, for drills; nil for the right one.
  public let shortcut: GatewayShortcut?

  /// A verifier.
  public init(
    audience: Int, leeway: TimeSpan, checksDates: Bool = true, shortcut: GatewayShortcut? = nil
  ) {
    self.audience = audience
    self.leeway = leeway
    self.checksDates = checksDates
    self.shortcut = shortcut
  }

  /// Whether the algorithm needs a key at all, or is refused before one is looked for.
  public func objectsToAlgorithm(of token: SignedToken) -> Bool {
    token.algorithm == .none && shortcut != .trustsHeader
  }

  /// What there is against `token` at `wall` of the gateway's clock, with the key of its id.
  public func objection(to token: SignedToken, key: SigningKey?, at wall: Instant) -> Refusal? {
    if objectsToAlgorithm(of: token) { return .algorithm }
    if token.algorithm == .asymmetric {
      guard let key else { return .unknownKey }
      guard key.secret == token.signedWith else { return .signature }
    }
    if checksDates, shortcut != .ignoresExpiry, wall >= token.expiresAt + leeway { return .expired }
    if checksDates, wall + leeway < token.notBefore { return .notYetValid }
    return token.audience == audience || shortcut == .ignoresAudience ? nil : .audience
  }
}
