import Kernel

/// Decides whether a token counts, in the order that costs least and gives nothing away.
///
///     header: alg, crit ─▶ key by kid ─▶ signature ─▶ exp ─▶ nbf ─▶ iss ─▶ aud ─▶ taken
///
/// **A token is taken only with an allowed algorithm that is its key's own, a signature of that key,
/// no extension that is not understood, within its dates give or take the leeway, and from the issuer
/// and for the audience where these are set.**
///
/// Source: RFC 8725 section 3 (JSON Web Token best current practices), RFC 7515 sections 4.1.11 and
/// 5.2, RFC 7519 section 4.1.
public struct TokenVerifier: Sendable, Hashable {
  /// Why a token is not taken.
  public enum Reason: String, Sendable, Hashable, CaseIterable {
    /// There is none, nor another credential.
    case missing = "no credential"
    /// It cannot be read.
    case malformed
    /// Its algorithm is not among the allowed, or not its key's.
    case algorithm
    /// It needs an extension that is not understood.
    case critical = "critical extension"
    /// No key of that id is known.
    case unknownKey = "unknown key"
    /// The signature is another's, or what was signed was something else.
    case signature
    /// A claim that is looked at is not there.
    case missingClaim = "missing claim"
    /// It has run out.
    case expired
    /// It does not count yet.
    case notYetValid = "not yet valid"
    /// Somebody else made it.
    case issuer
    /// It was made for another audience.
    case audience
    /// Nobody knows the consumer of whom it, or the API key, speaks.
    case unknownConsumer = "unknown consumer"
  }

  /// What there is against a token.
  public struct Objection: Sendable, Hashable {
    /// The kind of reason.
    public let reason: Reason
    /// What was found and what would have done.
    public let detail: String

    /// An objection.
    public init(_ reason: Reason, _ detail: String) {
      self.reason = reason
      self.detail = detail
    }
  }

  /// The algorithms that are allowed.
  public var algorithms: [SigningAlgorithm] = [.edDSA]
  /// Who must have made a token; nil for anybody whose key is known.
  public var issuer: String?
  /// Whom tokens must be made for; nil where that is not looked at.
  public var audience: String?
  /// How far the clocks of issuer and gateway may be apart.
  public var leeway = TimeSpan.zero
  /// Whether `exp` must be there and is looked at.
  public var checksExpiry = true
  /// Whether `nbf` is looked at where it is there.
  public var checksNotBefore = true
  /// A wrong way to build it, for drills; nil for the right one.
  public var shortcut: GatewayShortcut?

  /// A verifier that wants Ed25519 and looks at dates only.
  public init() {}

  /// Whether a token says that it has no signature, and this verifier believes it.
  public func takesUnsigned(_ token: DecodedToken) -> Bool {
    shortcut == .acceptsNone && token.algorithm == "none"
  }

  /// What there is against the header of `token`, before a key is looked for.
  public func objectionToHeader(of token: DecodedToken) -> Objection? {
    let isAllowed =
      algorithms.contains { $0.rawValue == token.algorithm }
      || (shortcut == .trustsHeader && SigningAlgorithm(rawValue: token.algorithm) != nil)
      || takesUnsigned(token)
    guard isAllowed else {
      return Objection(
        .algorithm,
        "alg is \(token.algorithm); allowed: " + algorithms.map(\.rawValue).joined(separator: ", "))
    }
    guard let extra = token.critical.first else { return nil }
    return Objection(.critical, "crit names \(extra), which is not understood")
  }

  /// What there is against the signature of `token`, with the key that its header names.
  public func objectionToSignature(
    of token: DecodedToken, key: VerificationKey?
  ) -> Objection? {
    if takesUnsigned(token) { return nil }
    guard let key else {
      return Objection(
        .unknownKey,
        token.keyID.map { "no key of the issuer has the kid \($0)" } ?? "the header names no kid")
    }
    if shortcut == .trustsHeader, token.algorithm == SigningAlgorithm.hs256.rawValue,
      let known = key.publicBytes
    {
      // The key's bytes go where the header's algorithm wants a secret, and everybody knows them.
      return hmacSHA256(token.signingInput, secret: known) == token.signature
        ? nil : Objection(.signature, "the signature does not fit key \(key.id)")
    }
    guard key.algorithm.rawValue == token.algorithm else {
      return Objection(
        .algorithm,
        "key \(key.id) is for \(key.algorithm.rawValue), the header says \(token.algorithm)")
    }
    return key.verifies(token.signature, over: token.signingInput)
      ? nil : Objection(.signature, "the signature does not fit key \(key.id)")
  }

  /// What there is against the claims of `token` at `wall` of the gateway's clock.
  public func objectionToClaims(of token: DecodedToken, at wall: Instant) -> Objection? {
    if checksExpiry, shortcut != .ignoresExpiry {
      guard let end = token.expiresAt else { return Objection(.missingClaim, "there is no exp") }
      if wall >= end + leeway {
        return Objection(.expired, "it ran out \(wall - end) ago")
      }
    }
    if checksNotBefore, let start = token.notBefore, wall + leeway < start {
      return Objection(.notYetValid, "it counts in \(start - wall)")
    }
    if let issuer, token.issuer != issuer, shortcut != .ignoresIssuer {
      return Objection(.issuer, "iss is \(token.issuer ?? "not there") and not \(issuer)")
    }
    if let audience, !token.audiences.contains(audience), shortcut != .ignoresAudience {
      let found = token.audiences.joined(separator: ", ")
      return Objection(
        .audience, "aud is \(found.isEmpty ? "not there" : found) and not \(audience)")
    }
    return nil
  }
}
