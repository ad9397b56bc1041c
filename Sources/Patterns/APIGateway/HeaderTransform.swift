/// A header of a request.
public struct GatewayHeader: Sendable, Hashable {
  /// The name as it is written.
  public let name: String
  /// The value.
  public let value: String

  /// A header.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
  }

  /// Whether this is a header called `name`, in capitals or not (RFC 9110 section 5.1).
  public func isCalled(_ name: String) -> Bool {
    self.name == name
      || (self.name.utf8.count == name.utf8.count && self.name.lowercased() == name)
  }
}

/// What a gateway changes in the headers of a request before it goes on.
///
/// Services behind a gateway believe its headers: `x-consumer-username` says who calls. A client can
/// send that header too, so what it sent must go before the gateway's own is set. Whether the
/// credential itself goes on is a choice; a service that never sees it cannot leak it.
///
/// **With stripping on, the upstream sees exactly one identity header, the gateway's.**
///
/// Source: Kong's jwt and key-auth set or clear X-Consumer-Username and others, and so overwrite a
/// client's (github.com/Kong/kong kong/plugins/jwt/handler.lua @647c409); key-auth
/// `hide_credentials`: false (kong/plugins/key-auth/schema.lua @22246ef28c).
public struct HeaderTransform: Sendable, Hashable {
  /// The header that tells upstreams who calls.
  public static let identity = "x-consumer-username"
  /// The headers that carry credentials.
  public static let credentials = ["apikey", "authorization"]

  /// Whether an identity header that the client sent is taken off.
  public var stripsIdentity: Bool
  /// Whether credentials are taken off.
  public var hidesCredentials: Bool
  /// A wrong way to build it, for drills; nil for the right one.
  public var shortcut: GatewayShortcut?

  /// A transformation.
  public init(stripsIdentity: Bool = true, hidesCredentials: Bool = false) {
    self.stripsIdentity = stripsIdentity
    self.hidesCredentials = hidesCredentials
  }

  /// What the upstream sees of `headers` sent by `consumer`, nil when nobody knows who it is.
  public func applied(to headers: [GatewayHeader], consumer: String?) -> [GatewayHeader] {
    var seen = headers.filter { header in
      let isIdentity =
        shortcut == .stripsExactName
        ? header.name == Self.identity : header.isCalled(Self.identity)
      if stripsIdentity, isIdentity { return false }
      return !(hidesCredentials && Self.carriesCredential(header))
    }
    if let consumer { seen.append(GatewayHeader(Self.identity, consumer)) }
    return seen
  }

  /// Whether a header carries a credential.
  public static func carriesCredential(_ header: GatewayHeader) -> Bool {
    credentials.contains { header.isCalled($0) }
  }

  /// Who calls, as a service reads it that believes the first identity header of `headers`.
  public static func believed(_ headers: [GatewayHeader]) -> String? {
    headers.first { $0.isCalled(identity) }?.value
  }
}
