/// A wrong way to build an API gateway that seems to work.
public enum GatewayShortcut: String, Sendable, Hashable, CaseIterable {
  /// The token's header decides how it is verified, so that `none` verifies anything.
  case trustsHeader = "token-header-chooses-algorithm"
  /// A token that was made for somebody else is taken.
  case ignoresAudience = "ignores-audience"
  /// A token that has run out is taken.
  case ignoresExpiry = "ignores-expiry"
  /// Every token with an unknown key id makes the gateway fetch the keys.
  case fetchesAlways = "fetches-keys-for-every-unknown-id"
  /// Requests that are refused leave no record in the access log.
  case logsOnlyProxied = "access-log-without-refusals"
}
