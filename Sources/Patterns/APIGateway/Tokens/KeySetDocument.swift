import Kernel

/// A JSON Web Key Set as an issuer publishes it: `{"keys": [...]}`.
///
/// Keys of a type, curve, use or algorithm that is not understood are passed over, as RFC 7517
/// section 5 has it; a key of a known type that is damaged makes the document unreadable.
///
/// Source: RFC 7517, RFC 7518 section 6, RFC 8037 section 2.
public enum KeySetDocument {
  /// Why a document is none.
  public struct Unreadable: Error, Sendable, Hashable {
    /// What is wrong with it.
    public let reason: String
  }

  /// The keys of a document; keys without `kid` have the id "".
  public static func keys(of bytes: [UInt8]) throws(Unreadable) -> [VerificationKey] {
    let document: JSON
    do {
      document = try JSON.read(bytes)
    } catch {
      throw Unreadable(reason: error.description)
    }
    guard case .list(let items)? = document["keys"] else {
      throw Unreadable(reason: "there is no list called keys")
    }
    var keys: [VerificationKey] = []
    for item in items {
      if let key = try key(item) { keys.append(key) }
    }
    return keys
  }

  /// The document of `keys`.
  public static func bytes(of keys: [VerificationKey]) -> [UInt8] {
    Array(JSON.object([.init("keys", .list(keys.map(member)))]).compact.utf8)
  }

  private static func key(_ item: JSON) throws(Unreadable) -> VerificationKey? {
    guard let type = item["kty"]?.string else { throw Unreadable(reason: "a key without kty") }
    if let use = item["use"]?.string, use != "sig" { return nil }
    let id = item["kid"]?.string ?? ""
    let curve = item["crv"]?.string
    func bytes(_ name: String, count: Int? = nil) throws(Unreadable) -> [UInt8] {
      guard let text = item[name]?.string, let bytes = Base64URL.decoded(text.utf8),
        !bytes.isEmpty, count.map({ $0 == bytes.count }) ?? true
      else { throw Unreadable(reason: "\(name) of key \"\(id)\" is no base64url of its length") }
      return bytes
    }
    let material: VerificationKey.Material
    switch (type, curve) {
    case ("oct", _): material = .secret(try bytes("k"))
    case ("RSA", _): material = .rsa(modulus: try bytes("n"), exponent: try bytes("e"))
    case ("EC", "P-256"):
      material = .p256(x: try bytes("x", count: 32), y: try bytes("y", count: 32))
    case ("OKP", "Ed25519"): material = .ed25519(try bytes("x", count: 32))
    case (_, _): return nil
    }
    let key = VerificationKey(id: id, material)
    if let algorithm = item["alg"]?.string, algorithm != key.algorithm.rawValue { return nil }
    return key
  }

  private static func member(_ key: VerificationKey) -> JSON {
    func text(_ bytes: [UInt8]) -> JSON {
      .text(String(decoding: Base64URL.encoded(bytes), as: UTF8.self))
    }
    let own: [JSON.Member]
    switch key.material {
    case .secret(let secret): own = [.init("kty", .text("oct")), .init("k", text(secret))]
    case .rsa(let modulus, let exponent):
      own = [
        .init("kty", .text("RSA")), .init("n", text(modulus)), .init("e", text(exponent)),
      ]
    case .p256(let x, let y):
      own = [
        .init("kty", .text("EC")), .init("crv", .text("P-256")), .init("x", text(x)),
        .init("y", text(y)),
      ]
    case .ed25519(let point):
      own = [
        .init("kty", .text("OKP")), .init("crv", .text("Ed25519")), .init("x", text(point)),
      ]
    }
    return .object(
      own + [
        .init("kid", .text(key.id)), .init("use", .text("sig")),
        .init("alg", .text(key.algorithm.rawValue)),
      ])
  }
}
