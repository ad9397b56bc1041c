import Crypto
import CryptoExtras
import Kernel

/// The private half of an issuer's key: makes tokens.
///
/// **The same key, header and claims give the same token, byte for byte.** That holds for HMAC, for
/// RSA with PKCS #1 v1.5 and for Ed25519, and not for ECDSA, which is verified and never issued.
/// (CryptoKit, which stands in for swift-crypto on Apple's systems, adds chance to Ed25519: there the
/// bytes differ, and what is verified does not.)
///
/// Source: RFC 8032 section 5.1.6, RFC 8017 section 8.2, RFC 2104; swift-crypto does the arithmetic.
public struct TokenSigner: Sendable, Hashable {
  /// What it signs with.
  public enum Secret: Sendable, Hashable {
    /// A shared secret for HS256.
    case shared([UInt8])
    /// The parts of an RSA key for RS256.
    case rsa(RSAParts)
    /// The 32 bytes of an Ed25519 key.
    case ed25519([UInt8])
  }

  /// The parts of an RSA private key, each in base64url as a JSON Web Key has them.
  public struct RSAParts: Sendable, Hashable {
    let modulus: String
    let exponent: String
    let privateExponent: String
    let firstPrime: String
    let secondPrime: String

    /// A key of `n`, `e`, `d`, `p` and `q`.
    public init(n: String, e: String, d: String, p: String, q: String) {
      modulus = n
      exponent = e
      privateExponent = d
      firstPrime = p
      secondPrime = q
    }
  }

  /// The public half, or the secret itself where it is shared.
  public let key: VerificationKey
  private let secret: Secret

  /// A signer of tokens that name the key `id`; nil when `secret` is no key.
  public init?(id: String, _ secret: Secret) {
    self.secret = secret
    switch secret {
    case .shared(let bytes): key = VerificationKey(id: id, .secret(bytes))
    case .rsa(let parts):
      guard let modulus = Base64URL.decoded(parts.modulus.utf8),
        let exponent = Base64URL.decoded(parts.exponent.utf8)
      else { return nil }
      key = VerificationKey(id: id, .rsa(modulus: modulus, exponent: exponent))
    case .ed25519(let seed):
      guard let pair = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed) else {
        return nil
      }
      key = VerificationKey(id: id, .ed25519(Array(pair.publicKey.rawRepresentation)))
    }
    guard signature(over: []) != nil else { return nil }
  }

  /// A token of `claims` under a header with `alg`, `typ`, `kid` and `extra`; nil when signing fails.
  public func token(
    _ claims: JSON, algorithm: String? = nil, keyID: String? = nil,
    extra: [JSON.Member] = []
  ) -> CompactToken? {
    let header = JSON.object(
      [
        .init("alg", .text(algorithm ?? key.algorithm.rawValue)), .init("typ", .text("JWT")),
        .init("kid", .text(keyID ?? key.id)),
      ] + extra)
    let input = CompactToken.signingInput(header: header, claims: claims)
    return signature(over: input).map {
      CompactToken(header: header, claims: claims, signature: $0)
    }
  }

  /// The signature over `input`, or nil when the secret is no key.
  public func signature(over input: [UInt8]) -> [UInt8]? {
    switch secret {
    case .shared(let bytes): return hmacSHA256(input, secret: bytes)
    case .rsa(let parts):
      guard let n = Base64URL.decoded(parts.modulus.utf8),
        let e = Base64URL.decoded(parts.exponent.utf8),
        let d = Base64URL.decoded(parts.privateExponent.utf8),
        let p = Base64URL.decoded(parts.firstPrime.utf8),
        let q = Base64URL.decoded(parts.secondPrime.utf8),
        let pair = try? _RSA.Signing.PrivateKey(n: n, e: e, d: d, p: p, q: q),
        let signature = try? pair.signature(
          for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
      else { return nil }
      return Array(signature.rawRepresentation)
    case .ed25519(let seed):
      guard let pair = try? Curve25519.Signing.PrivateKey(rawRepresentation: seed),
        let signature = try? pair.signature(for: input)
      else { return nil }
      return Array(signature)
    }
  }
}
