import Kernel
import Patterns
import Testing

/// The published examples: RFC 7515 appendices A.1 to A.3, RFC 8037 appendices A.1 to A.4.
@Suite struct TokenVectorTests {
  private static let claims: String =
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt"
    + "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"

  private static let secret: String =
    #"{"kty":"oct","k":"AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUu"#
    + #"TwjAzZr1Z9CAow"}"#
  private static let rsa: String =
    #"{"kty":"RSA","e":"AQAB","n":"ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHm"#
    + "fHQp-Vaw-4qPCJrcS2mJPMEzP1Pt0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9w"
    + "Gzjb_7OMg0LOL-bSf63kpaSHSXndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uD"
    + "Zlxvb3qCo5ZwKh9kG4LT6_I5IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb5"
    + #"4h4FRWyuXpoQ"}"#
  private static let ec: String =
    #"{"kty":"EC","crv":"P-256","x":"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU","#
    + #""y":"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}"#
  private static let ed25519: String =
    #"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#

  private static let rsaSignature: String =
    "cC4hiUPoj9Eetdgtv3hF80EGrhuB__dzERat0XF9g2VtQgr9PJbu3XOiZj5RZmh7AAuHIm4Bh-0Qc_lF5YKt_O8W2Fp5"
    + "jujGbds9uJdbF9CUAr7t1dnZcAcQjbKBYNX4BAynRFdiuB--f_nZLgrnbyTyWzO75vRK5h6xBArLIARNPvkSjtQBMHlb"
    + "1L07Qe7K0GarZRmB_eSN9383LcOLn6_dO--xi12jzDwusC-eOkHWEsqtFZESc6BfI7noOPqvhJ1phCnvWh6IeYI2w9QO"
    + "YEUipUTI8np6LbgGY9Fs98rqVt5AXLIhWkWywlVmtVrBp0igcN_IoypGlUPQGe77Rw"

  struct Vector: Sendable, CustomTestStringConvertible {
    let name: String
    let key: String
    let algorithm: SigningAlgorithm
    let header: String
    let payload: String
    let signature: String
    var testDescription: String { name }

    var input: [UInt8] { Array("\(header).\(payload)".utf8) }
  }

  static let vectors: [Vector] = [
    Vector(
      name: "RFC 7515 A.1", key: secret, algorithm: .hs256,
      header: "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9", payload: claims,
      signature: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
    Vector(
      name: "RFC 7515 A.2", key: rsa, algorithm: .rs256, header: "eyJhbGciOiJSUzI1NiJ9",
      payload: claims, signature: rsaSignature),
    Vector(
      name: "RFC 7515 A.3", key: ec, algorithm: .es256, header: "eyJhbGciOiJFUzI1NiJ9",
      payload: claims,
      signature: "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg"
        + "6NU1Q"),
    Vector(
      name: "RFC 8037 A.4", key: ed25519, algorithm: .edDSA, header: "eyJhbGciOiJFZERTQSJ9",
      payload: "RXhhbXBsZSBvZiBFZDI1NTE5IHNpZ25pbmc",
      signature: "hgyY0il_MGCjP0JzlnLWG1PPOt7-09PGcvMg3AIbQR6dWbhijcNR4ki4iylGjg5BhVsPt9g7sVvpAr_Mu"
        + "M0KAg"),
  ]

  private func key(_ vector: Vector) throws -> VerificationKey {
    let keys = try KeySetDocument.keys(of: Array(#"{"keys":[\#(vector.key)]}"#.utf8))
    return try #require(keys.first)
  }

  /// Each verifies with its key, and with no bit of input or signature the other way round.
  @Test(arguments: vectors) func verifies(_ vector: Vector) throws {
    let key = try key(vector)
    #expect(key.algorithm == vector.algorithm)
    let signature = try #require(Base64URL.decoded(vector.signature.utf8))
    #expect(key.verifies(signature, over: vector.input))
    for place in stride(from: 0, to: signature.count * 8, by: 7) {
      var changed = signature
      changed[place / 8] ^= 1 << UInt8(place % 8)
      #expect(!key.verifies(changed, over: vector.input), "bit \(place) of the signature")
    }
    for place in stride(from: 0, to: vector.input.count * 8, by: 61) {
      var changed = vector.input
      changed[place / 8] ^= 1 << UInt8(place % 8)
      #expect(!key.verifies(signature, over: changed), "bit \(place) of the input")
    }
    #expect(!key.verifies([], over: vector.input))
  }

  /// The three with claims pass the whole verifier, as tokens that name no key and are looked up by
  /// hand; joe's claims ran out in 2011.
  @Test(arguments: vectors.dropLast()) func passesTheVerifier(_ vector: Vector) throws {
    let token = try DecodedToken(
      CompactToken("\(vector.header).\(vector.payload).\(vector.signature)"))
    #expect(token.algorithm == vector.algorithm.rawValue && token.issuer == "joe")
    #expect(token.claims["http://example.com/is_root"] == .boolean(true))
    var verifier = TokenVerifier()
    verifier.algorithms = [vector.algorithm]
    verifier.issuer = "joe"
    #expect(verifier.objectionToHeader(of: token) == nil)
    #expect(verifier.objectionToSignature(of: token, key: try key(vector)) == nil)
    #expect(verifier.objectionToClaims(of: token, at: .zero)?.reason == .expired)
    let before = try #require(token.expiresAt) - .nanoseconds(1)
    #expect(verifier.objectionToClaims(of: token, at: before) == nil)
    #expect(token.expiresAt == NumericDate.instant(.integer(1_300_819_380)))
  }

  /// RFC 8037 appendices A.1, A.2 and A.4: the public half, and the very bytes of the signature.
  @Test func ed25519SignsAsPublished() throws {
    let vector = Self.vectors[3]
    let seed = try #require(Base64URL.decoded("nWGxne_9WmC6hEr0kuwsxERJxWl7MmkZcDusAxyuf2A".utf8))
    let signer = try #require(TokenSigner(id: "", .ed25519(seed)))
    #expect(signer.key == (try key(vector)))
    let signature = try #require(signer.signature(over: vector.input))
    #expect(Base64URL.encoded(signature) == Array(vector.signature.utf8))
  }

  /// RFC 7515 appendix A.1: the MAC is what is published.
  @Test func hmacSignsAsPublished() throws {
    let vector = Self.vectors[0]
    guard case .secret(let secret) = try key(vector).material else {
      Issue.record("the key of A.1 is no secret")
      return
    }
    let signer = try #require(TokenSigner(id: "", .shared(secret)))
    let signature = try #require(signer.signature(over: vector.input))
    #expect(Base64URL.encoded(signature) == Array(vector.signature.utf8))
  }
}
