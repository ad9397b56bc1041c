/// How a token can be signed: the names of the `alg` header parameter.
///
/// `none` is no algorithm: a token that names it has no signature, and no verifier takes it.
///
/// Source: RFC 7518 section 3.1, RFC 8037 section 3.1 (EdDSA, here with Ed25519 only).
public enum SigningAlgorithm: String, Sendable, Hashable, CaseIterable {
  /// HMAC with SHA-256: who can verify can sign.
  case hs256 = "HS256"
  /// RSASSA-PKCS1-v1_5 with SHA-256.
  case rs256 = "RS256"
  /// ECDSA with P-256 and SHA-256; verified only, because each signature has chance in it.
  case es256 = "ES256"
  /// Ed25519.
  case edDSA = "EdDSA"
}
