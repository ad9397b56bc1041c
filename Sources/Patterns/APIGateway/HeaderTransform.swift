/// A header of a request.
public struct GatewayHeader: Sendable, Hashable {
  /// The name, in lower case.
  public let name: String
  /// The value.
  public let value: String

  /// A header.
  public init(_ name: String, _ value: String) {
    self.name = name
    self.value = value
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
/// Source: Kong sets X-Consumer-Username and others; key-auth `hide_credentials`: false
/// (github.com/Kong/kong kong/plugins/key-auth/schema.lua @22246ef28c).
public struct HeaderTransform: Sendable, Hashable {
  /// The header that tells upstreams who calls.
  public static let identity = "x-consumer-username"
  /// The headers that carry credentials.
  public static let credentials = ["apikey", "authorization"]

  /// Whether an identity header that the client sent is taken off.
  public var stripsIdentity: Bool
  /// Whether credentials are taken off.
  public var hidesCredentials: Bool

  /// A transformation.
  public init(stripsIdentity: Bool = true, hidesCredentials: Bool = false) {
    self.stripsIdentity = stripsIdentity
    self.hidesCredentials = hidesCredentials
  }

  /// What the upstream sees of `headers` sent by `consumer`, nil when nobody knows who it is.
  public func applied(to headers: [GatewayHeader], consumer: String?) -> [GatewayHeader] {
    var seen = headers.filter { header in
      if stripsIdentity, header.name == Self.identity { return false }
      return !(hidesCredentials && Self.credentials.contains(header.name))
    }
    if let consumer { seen.append(GatewayHeader(Self.identity, consumer)) }
    return seen
  }
}
