import Kernel
import Patterns

/// A token that must not count, made the way somebody would who hopes that it does.
enum Forgery: String, Sendable, CaseIterable {
  /// It says that it is not signed.
  case none
  /// It names a key that nobody has.
  case key
  /// The issuer made it, for another audience.
  case audience
  /// The issuer made it, long ago.
  case expired
  /// A stranger signed it under the issuer's key id.
  case signature
  /// It is an HMAC whose secret is the issuer's public key.
  case confusion
  /// Another issuer made it that signs with the same keys, as tenants of one provider do.
  case issuer
  /// The issuer made it, with an extension that a reader must understand.
  case crit
}

/// Signs tokens and publishes the keys that verify them, rotating once.
struct TokenIssuer: Sendable {
  private struct Dates: Sendable {
    let notBefore: Instant
    let expiresAt: Instant
  }

  /// When the second key is published, signed with, and when the first one goes; nil for never.
  var publishesAt: Instant?
  var signsAt: Instant?
  var dropsAt: Instant?
  let algorithm: SigningAlgorithm
  private let signers: [TokenSigner]
  private var issued: [CompactToken: Dates] = [:]
  private var count = 0

  init(_ algorithm: SigningAlgorithm) {
    self.algorithm = algorithm
    signers = IssuerKeys.signers(algorithm)
  }

  init(_ settings: GatewaySettings) {
    self.init(settings.design.signs)
    guard settings.rotateAt > .zero else { return }
    let published = Instant.zero + settings.rotateAt
    publishesAt = published
    signsAt = published + settings.rotateAhead
    dropsAt = published + settings.rotateAhead + settings.rotateKeep
  }

  private func isPast(_ instant: Instant?, _ now: Instant) -> Bool {
    instant.map { now >= $0 } ?? false
  }

  /// The keys that it publishes at `now`.
  func keys(at now: Instant) -> [VerificationKey] {
    guard isPast(publishesAt, now) else { return [signers[0].key] }
    return isPast(dropsAt, now) ? [signers[1].key] : [signers[0].key, signers[1].key]
  }

  /// The key set as it is sent at `now`: a JSON document.
  func document(at now: Instant) -> [UInt8] { KeySetDocument.bytes(of: keys(at: now)) }

  /// What it signs with at `now`.
  func signer(at now: Instant) -> TokenSigner { signers[isPast(signsAt, now) ? 1 : 0] }

  private mutating func claims(
    of subject: String, from start: Instant, to end: Instant, issuer: String, audience: String
  ) -> JSON {
    count += 1
    return .object([
      .init("iss", .text(issuer)), .init("aud", .text(audience)), .init("sub", .text(subject)),
      .init("nbf", .integer(Int(NumericDate.seconds(start)))),
      .init("exp", .integer(Int(NumericDate.seconds(end)))),
      .init("jti", .text("\(count)")),
    ])
  }

  private static func signed(
    _ signer: TokenSigner, _ claims: JSON, algorithm: String? = nil, keyID: String? = nil,
    extra: [JSON.Member] = []
  ) -> CompactToken {
    guard
      let token = signer.token(claims, algorithm: algorithm, keyID: keyID, extra: extra)
    else { preconditionFailure("a key of the issuer in simulations signs no more") }
    return token
  }

  /// A token for `subject`, dated by the issuer's clock in whole seconds.
  mutating func token(
    for subject: String, life: TimeSpan, wall: Instant, at now: Instant
  ) -> CompactToken {
    let claims = claims(
      of: subject, from: wall, to: wall + life, issuer: GatewayPreset.issuer,
      audience: GatewayPreset.audience)
    let token = Self.signed(signer(at: now), claims)
    issued[token] = Dates(notBefore: wall - .seconds(1), expiresAt: wall + life)
    return token
  }

  /// Whether it has made `token` for this audience, and it is within its dates: from its own books,
  /// without a look at what the token says.
  func isGenuine(_ token: CompactToken, leeway: TimeSpan, wall: Instant) -> Bool {
    guard let dates = issued[token] else { return false }
    return wall < dates.expiresAt + leeway && wall + leeway >= dates.notBefore
  }

  /// A token in the name of `subject` that must not count.
  mutating func forged(
    _ kind: Forgery, number: Int, for subject: String, life: TimeSpan, wall: Instant,
    at now: Instant
  ) -> CompactToken {
    let signer = signer(at: now)
    let age = kind == .expired ? life * 2 + .minutes(20) : .zero
    let claims = claims(
      of: subject, from: wall - age, to: wall - age + life,
      issuer: kind == .issuer ? "https://id.other" : GatewayPreset.issuer,
      audience: kind == .audience ? "admin.shop" : GatewayPreset.audience)
    let name = algorithm.rawValue
    let stranger = IssuerKeys.stranger
    switch kind {
    case .none:
      let header = JSON.object([.init("alg", .text("none")), .init("typ", .text("JWT"))])
      return CompactToken(header: header, claims: claims, signature: [])
    case .key: return Self.signed(stranger, claims, algorithm: name, keyID: "\(1_000 + number)")
    case .signature: return Self.signed(stranger, claims, algorithm: name, keyID: signer.key.id)
    case .confusion:
      let secret = signer.key.publicBytes ?? Array(signer.key.id.utf8)
      guard let liar = TokenSigner(id: signer.key.id, .shared(secret)) else {
        preconditionFailure("any bytes are a shared secret")
      }
      return Self.signed(liar, claims)
    case .audience, .expired, .issuer: return Self.signed(signer, claims)
    case .crit:
      return Self.signed(
        signer, claims,
        extra: [.init("crit", .list([.text("b64")])), .init("b64", .boolean(false))])
    }
  }
}
