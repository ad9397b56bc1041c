import Kernel

/// A JSON Web Token as it is sent: `header.claims.signature`, each part in base64url.
///
/// It is bytes and promises nothing; what it says is in a `DecodedToken`, whether it is true is for
/// the `TokenVerifier`.
///
/// Source: RFC 7515 section 7.1 (JWS compact serialization), RFC 7519 section 3.
public struct CompactToken: Sendable, Hashable {
  /// The token as ASCII.
  public let bytes: [UInt8]

  /// A token of these bytes, whatever they are.
  public init(bytes: [UInt8]) { self.bytes = bytes }

  /// A token of this text, whatever it is.
  public init(_ text: String) { bytes = Array(text.utf8) }

  /// A token of a header, claims and a signature.
  public init(header: JSON, claims: JSON, signature: [UInt8]) {
    bytes =
      Self.signingInput(header: header, claims: claims) + [Self.dot]
      + Base64URL.encoded(signature)
  }

  /// What a signature is made over: the first two parts.
  public static func signingInput(header: JSON, claims: JSON) -> [UInt8] {
    encoded(header) + [dot] + encoded(claims)
  }

  private static func encoded(_ value: JSON) -> [UInt8] {
    Base64URL.encoded(Array(value.compact.utf8))
  }

  /// The longest token that is read, in bytes; ours, as most servers bound the headers they take.
  public static let longest = 8_192

  static let dot = UInt8(ascii: ".")
}

extension CompactToken: CustomStringConvertible {
  /// The token as it is sent.
  public var description: String { String(decoding: bytes, as: UTF8.self) }
}
