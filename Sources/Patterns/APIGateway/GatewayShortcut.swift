/// A wrong way to build an API gateway that seems to work.
public enum GatewayShortcut: String, Sendable, Hashable, CaseIterable {
  /// A token that says it is not signed is taken as it is.
  case acceptsNone = "accepts-alg-none"
  /// The token's header decides how its key is used, so that a public key becomes a secret.
  case trustsHeader = "token-header-chooses-algorithm"
  /// A token that was made for somebody else is taken.
  case ignoresAudience = "ignores-audience"
  /// A token of another issuer that signs with the same keys is taken.
  case ignoresIssuer = "ignores-issuer"
  /// A token that has run out is taken.
  case ignoresExpiry = "ignores-expiry"
  /// A token that was taken once is taken until the memory of it is full.
  case remembersVerdict = "remembers-the-verdict"
  /// Every token with an unknown key id makes the gateway fetch the keys.
  case fetchesAlways = "fetches-keys-for-every-unknown-id"
  /// An API key that was looked up once is never looked up again.
  case forgetsNoKey = "forgets-no-api-key"
  /// Headers of clients are taken off only where they are written as the gateway writes them.
  case stripsExactName = "strips-headers-by-exact-name"
  /// Requests that are refused leave no record in the access log.
  case logsOnlyProxied = "access-log-without-refusals"
}
