/// Tokens whose signature a gateway has verified, so that it need not do so for every request.
///
/// Arithmetic on curves costs more than all else that a gateway does to a request. What is kept is
/// that these bytes carry a good signature of this key, which stays true for ever; dates change, and
/// a key can be withdrawn, so both are looked at each time.
///
/// **A token is found only with the very key that it was verified with.**
///
/// Source: Envoy's jwt_authn filter has such a cache (`JwtCacheConfig`, `jwt_cache_size`), ours has a
/// size of its own.
struct VerifiedTokens: Sendable, Equatable {
  /// A token that was verified.
  struct Entry: Sendable, Equatable {
    let token: DecodedToken
    /// Nil for one that was taken without a signature.
    let key: VerificationKey?
    /// The place of the consumer of whom it speaks, nil for an unknown one.
    let consumer: Int?
  }

  /// Tokens kept at most; the oldest goes first.
  static let capacity = 1_000

  private var entries: [CompactToken: Entry] = [:]
  private var order: [CompactToken] = []
  private var next = 0

  /// What is known of `token`.
  func entry(of token: CompactToken) -> Entry? { entries[token] }

  /// Keeps `entry` for `token`.
  mutating func keep(_ entry: Entry, for token: CompactToken) {
    if entries.updateValue(entry, forKey: token) != nil { return }
    guard order.count == Self.capacity else { return order.append(token) }
    entries[order[next]] = nil
    order[next] = token
    next = (next + 1) % Self.capacity
  }
}
