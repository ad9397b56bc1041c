import Crypto
import CryptoExtras

/// A key that signatures are verified with: its id, the one algorithm it is for, and its material.
///
/// **A key verifies with its own algorithm and with no other, whatever a token says.** That is what
/// keeps a public key from being taken for a secret.
///
/// Source: RFC 7517 (JSON Web Key), RFC 8725 section 3.1; swift-crypto does the arithmetic.
public struct VerificationKey: Sendable, Hashable {
  /// What it is made of.
  public enum Material: Sendable, Hashable {
    /// A shared secret: `k` of a key of type `oct`.
    case secret([UInt8])
    /// An RSA key: `n` and `e`.
    case rsa(modulus: [UInt8], exponent: [UInt8])
    /// A point on P-256: `x` and `y` of 32 bytes each.
    case p256(x: [UInt8], y: [UInt8])
    /// An Ed25519 key: `x`.
    case ed25519([UInt8])
  }

  /// The id that tokens name in their header: `kid`.
  public let id: String
  /// What it is made of.
  public let material: Material

  /// A key.
  public init(id: String, _ material: Material) {
    self.id = id
    self.material = material
  }

  /// The algorithm that it is for.
  public var algorithm: SigningAlgorithm {
    switch material {
    case .secret: .hs256
    case .rsa: .rs256
    case .p256: .es256
    case .ed25519: .edDSA
    }
  }

  /// Whether `signature` was made over `input` with the other half of this key.
  public func verifies(_ signature: [UInt8], over input: [UInt8]) -> Bool {
    switch material {
    case .secret(let secret):
      return HMAC<SHA256>.isValidAuthenticationCode(
        signature, authenticating: input, using: SymmetricKey(data: secret))
    case .rsa(let modulus, let exponent):
      guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else { return false }
      return key.isValidSignature(
        _RSA.Signing.RSASignature(rawRepresentation: signature),
        for: SHA256.hash(data: input), padding: .insecurePKCS1v1_5)
    case .p256(let x, let y):
      guard let key = try? P256.Signing.PublicKey(rawRepresentation: x + y),
        let signature = try? P256.Signing.ECDSASignature(rawRepresentation: signature)
      else { return false }
      return key.isValidSignature(signature, for: input)
    case .ed25519(let point):
      guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: point) else {
        return false
      }
      return key.isValidSignature(signature, for: input)
    }
  }

  /// The bytes of the public half that anybody can read in the key set; a secret has none.
  public var publicBytes: [UInt8]? {
    switch material {
    case .secret: nil
    case .rsa(let modulus, _): modulus
    case .p256(let x, let y): x + y
    case .ed25519(let point): point
    }
  }
}

/// The HMAC of `input` with SHA-256 under `secret`.
func hmacSHA256(_ input: [UInt8], secret: [UInt8]) -> [UInt8] {
  Array(HMAC<SHA256>.authenticationCode(for: input, using: SymmetricKey(data: secret)))
}
