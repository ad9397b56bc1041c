import Kernel

/// What a token says, read but not believed.
///
/// **Reading refuses what can be understood in two ways**: other than three parts, base64url with
/// padding or leftover bits, JSON that is no object or names a member twice, claims of a wrong type.
///
/// Source: RFC 7515 section 5.2 steps 1 to 5, RFC 7519 sections 4.1 and 7.2.
public struct DecodedToken: Sendable, Hashable {
  /// Why a token cannot be read.
  public struct Malformed: Error, Sendable, Hashable {
    /// What is wrong, as in `the header is no base64url`.
    public let reason: String
  }

  /// The header as it came.
  public let header: JSON
  /// The claims as they came.
  public let claims: JSON
  /// The signature; empty for a token without one.
  public let signature: [UInt8]
  /// What the signature is made over.
  public let signingInput: [UInt8]

  /// The `alg` of the header.
  public let algorithm: String
  /// The `kid` of the header.
  public let keyID: String?
  /// The extensions that the header calls critical: `crit`.
  public let critical: [String]
  /// Who made it: `iss`.
  public let issuer: String?
  /// Whom it speaks of: `sub`.
  public let subject: String?
  /// Whom it was made for: `aud`, one or more.
  public let audiences: [String]
  /// The instant from which it no longer counts: `exp`.
  public let expiresAt: Instant?
  /// The first instant at which it counts: `nbf`.
  public let notBefore: Instant?

  /// Reads `token`.
  public init(_ token: CompactToken) throws(Malformed) {
    guard token.bytes.count <= CompactToken.longest else {
      throw Malformed(reason: "it is longer than \(CompactToken.longest) bytes")
    }
    let parts = token.bytes.split(
      separator: CompactToken.dot, omittingEmptySubsequences: false)
    guard parts.count == 3 else {
      throw Malformed(reason: "it has \(parts.count) parts between dots and not 3")
    }
    header = try Self.object(parts[0], "header")
    claims = try Self.object(parts[1], "claims")
    guard let signature = Base64URL.decoded(parts[2]) else {
      throw Malformed(reason: "the signature is no base64url")
    }
    self.signature = signature
    signingInput = Array(token.bytes[..<parts[1].endIndex])

    guard let algorithm = header["alg"]?.string else {
      throw Malformed(reason: "the header names no alg")
    }
    self.algorithm = algorithm
    keyID = try Self.text("kid", of: header)
    critical = try Self.critical(header)
    issuer = try Self.text("iss", of: claims)
    subject = try Self.text("sub", of: claims)
    audiences = try Self.texts("aud", of: claims)
    expiresAt = try Self.date("exp", of: claims)
    notBefore = try Self.date("nbf", of: claims)
  }

  private static func object(
    _ part: ArraySlice<UInt8>, _ name: String
  ) throws(Malformed) -> JSON {
    guard let bytes = Base64URL.decoded(part) else {
      throw Malformed(reason: "the \(name) is no base64url")
    }
    let value: JSON
    do {
      value = try JSON.read(bytes)
    } catch {
      throw Malformed(reason: "the \(name) is no JSON: \(error.description)")
    }
    guard case .object = value else { throw Malformed(reason: "the \(name) is no JSON object") }
    return value
  }

  private static func text(_ name: String, of object: JSON) throws(Malformed) -> String? {
    guard let value = object[name] else { return nil }
    guard let text = value.string else { throw Malformed(reason: "\(name) is no string") }
    return text
  }

  private static func texts(_ name: String, of object: JSON) throws(Malformed) -> [String] {
    switch object[name] {
    case nil: return []
    case .text(let text)?: return [text]
    case .list(let items)?:
      let texts = items.compactMap(\.string)
      guard texts.count == items.count else {
        throw Malformed(reason: "\(name) is a list of more than strings")
      }
      return texts
    case (.null?), (.boolean?), (.integer?), (.number?), (.object?):
      throw Malformed(reason: "\(name) is neither a string nor a list of strings")
    }
  }

  /// RFC 7515 section 4.1.11: where it is there, it names at least one parameter, and each is there.
  private static func critical(_ header: JSON) throws(Malformed) -> [String] {
    guard header["crit"] != nil else { return [] }
    guard case .list? = header["crit"] else { throw Malformed(reason: "crit is no list") }
    let names = try texts("crit", of: header)
    guard !names.isEmpty, names.allSatisfy({ header[$0] != nil }) else {
      throw Malformed(reason: "crit names no parameter of the header")
    }
    return names
  }

  private static func date(_ name: String, of claims: JSON) throws(Malformed) -> Instant? {
    guard let value = claims[name] else { return nil }
    guard let instant = NumericDate.instant(value) else {
      throw Malformed(reason: "\(name) is no date in seconds")
    }
    return instant
  }
}
