import Kernel
import Patterns

/// Signs tokens and publishes the keys that verify them, rotating once.
struct TokenIssuer: Sendable {
  private let first = SigningKey(id: 1, secret: 101)
  private let second = SigningKey(id: 2, secret: 202)
  private let publishedAt: Instant?
  private let signsAt: Instant?
  private let droppedAt: Instant?

  init(_ settings: GatewaySettings) {
    guard settings.rotateAt > .zero else {
      (publishedAt, signsAt, droppedAt) = (nil, nil, nil)
      return
    }
    let published = Instant.zero + settings.rotateAt
    publishedAt = published
    signsAt = published + settings.rotateAhead
    droppedAt = published + settings.rotateAhead + settings.rotateKeep
  }

  /// The key set at `now`.
  func keys(at now: Instant) -> [SigningKey] {
    guard let publishedAt, now >= publishedAt else { return [first] }
    guard let droppedAt, now >= droppedAt else { return [first, second] }
    return [second]
  }

  /// A token for `consumer`, dated by the issuer's clock.
  func token(
    for consumer: Int, life: TimeSpan, audience: Int, wall: Instant, at now: Instant
  ) -> SignedToken {
    let key = signsAt.map { now >= $0 } ?? false ? second : first
    return SignedToken(
      keyID: key.id, signedWith: key.secret, audience: audience, subject: consumer,
      notBefore: wall, expiresAt: wall + life)
  }

  /// Whether the issuer signed `token`, for this audience, and it is within its dates.
  func isGenuine(_ token: SignedToken, audience: Int, leeway: TimeSpan, wall: Instant) -> Bool {
    let key = [first, second].first { $0.id == token.keyID }
    return token.algorithm == .asymmetric && key?.secret == token.signedWith
      && token.audience == audience && wall < token.expiresAt + leeway
      && wall + leeway >= token.notBefore
  }
}
