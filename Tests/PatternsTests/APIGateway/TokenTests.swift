import Kernel
import Patterns
import Testing

/// Tokens of our own, bent in every way that comes to mind.
@Suite struct TokenTests {
  private static let signer = TokenSigner(id: "k1", .ed25519((0..<32).map { UInt8($0) }))
  private static let stranger = TokenSigner(id: "k1", .ed25519(Array(repeating: 7, count: 32)))

  private func verifier() -> TokenVerifier {
    var verifier = TokenVerifier()
    verifier.issuer = "https://id.shop"
    verifier.audience = "api.shop"
    verifier.leeway = .seconds(10)
    return verifier
  }

  private func claims(_ changes: [(String, JSON?)] = []) -> JSON {
    let usual = JSON.object([
      .init("iss", .text("https://id.shop")),
      .init("aud", .list([.text("web.shop"), .text("api.shop")])), .init("sub", .text("acme")),
      .init("nbf", .integer(1_800_000_100)), .init("exp", .integer(1_800_000_200)),
    ])
    return changes.reduce(usual) { claims, change in claims.setting(change.0, to: change.1) }
  }

  /// What the verifier has against a token at second 150, with the one key that it knows.
  private func objection(
    to token: CompactToken, at seconds: Int64 = 150_000_000_000
  ) throws -> TokenVerifier.Reason? {
    let decoded: DecodedToken
    do { decoded = try DecodedToken(token) } catch { return .malformed }
    let verifier = verifier()
    let key = try #require(Self.signer).key
    let objection =
      verifier.objectionToHeader(of: decoded)
      ?? verifier.objectionToSignature(of: decoded, key: decoded.keyID == key.id ? key : nil)
      ?? verifier.objectionToClaims(of: decoded, at: Instant(nanoseconds: seconds))
    return objection?.reason
  }

  private func token(_ changes: [(String, JSON?)] = []) throws -> CompactToken {
    let signer = try #require(Self.signer)
    return try #require(signer.token(claims(changes)))
  }

  /// Each objection by itself, and the dates to the nanosecond with a leeway of 10 s.
  @Test func tokensAreHeldAgainstEveryClaim() throws {
    #expect(try objection(to: token()) == nil)
    #expect(try objection(to: token(), at: 90_000_000_000) == nil)
    #expect(try objection(to: token(), at: 89_999_999_999) == .notYetValid)
    #expect(try objection(to: token(), at: 209_999_999_999) == nil)
    #expect(try objection(to: token(), at: 210_000_000_000) == .expired)
    #expect(try objection(to: token([("exp", nil)])) == .missingClaim)
    #expect(try objection(to: token([("nbf", nil)])) == nil)
    #expect(try objection(to: token([("iss", .text("https://id.shop/"))])) == .issuer)
    #expect(try objection(to: token([("iss", nil)])) == .issuer)
    #expect(try objection(to: token([("aud", .text("api.shop"))])) == nil)
    #expect(try objection(to: token([("aud", .text("API.shop"))])) == .audience)
    #expect(try objection(to: token([("aud", nil)])) == .audience)
    #expect(try objection(to: token([("exp", .text("1800000200"))])) == .malformed)
    #expect(
      try objection(to: token([("exp", .number(1_800_000_199.5))]), at: 209_500_000_000) == .expired
    )
    #expect(try objection(to: token([("exp", .number(1e12))])) == nil)
    #expect(try objection(to: token([("aud", .integer(1))])) == .malformed)
    #expect(try objection(to: token([("sub", .boolean(true))])) == .malformed)
  }

  /// Algorithm, key id and extensions.
  @Test func headersChooseNothing() throws {
    let signer = try #require(Self.signer)
    func made(_ algorithm: String?, key: String? = nil, _ extra: [JSON.Member] = [])
      throws -> TokenVerifier.Reason?
    {
      try objection(
        to: try #require(
          signer.token(claims(), algorithm: algorithm, keyID: key, extra: extra)))
    }
    #expect(try made(nil) == nil)
    for name in ["none", "None", "NONE", "HS256", "RS256", "eddsa", "ES256", ""] {
      #expect(try made(name) == .algorithm, "\(name)")
    }
    #expect(try made(nil, key: "k2") == .unknownKey)
    let critical = JSON.Member("crit", .list([.text("b64")]))
    #expect(try made(nil, [critical, .init("b64", .boolean(false))]) == .critical)
    #expect(try made(nil, [critical]) == .malformed)
    #expect(try made(nil, [.init("crit", .list([]))]) == .malformed)
    #expect(try made(nil, [.init("crit", .text("b64"))]) == .malformed)
    let unsigned = CompactToken(
      header: .object([.init("alg", .text("none"))]), claims: claims(), signature: [])
    #expect(try objection(to: unsigned) == .algorithm)
    #expect(try objection(to: try #require(Self.stranger?.token(claims()))) == .signature)
  }

  /// The public key as the secret of an HMAC: refused where the algorithm is allowed as well, because
  /// a key is for one algorithm; taken by the two shortcuts and by nothing else.
  @Test func publicKeysAreNoSecrets() throws {
    let key = try #require(Self.signer).key
    let known = try #require(key.publicBytes)
    let liar = try #require(TokenSigner(id: "k1", .shared(known)))
    let token = try DecodedToken(try #require(liar.token(claims())))
    var verifier = verifier()
    #expect(verifier.objectionToHeader(of: token)?.reason == .algorithm)
    verifier.algorithms = SigningAlgorithm.allCases
    #expect(verifier.objectionToHeader(of: token) == nil)
    #expect(verifier.objectionToSignature(of: token, key: key)?.reason == .algorithm)
    for shortcut in GatewayShortcut.allCases {
      verifier.shortcut = shortcut
      let isTaken = verifier.objectionToSignature(of: token, key: key) == nil
      #expect(isTaken == (shortcut == .trustsHeader), "\(shortcut)")
    }
  }

  /// No bit of a token can be the other way round.
  @Test func everyFlippedBitIsRefused() throws {
    let token = try token()
    for place in 0..<token.bytes.count * 8 {
      var bytes = token.bytes
      bytes[place / 8] ^= 1 << UInt8(place % 8)
      let reason = try objection(to: CompactToken(bytes: bytes))
      #expect(reason != nil, "bit \(place)")
    }
  }

  /// Bytes cut off, put in and drawn at random are refused, and never trap.
  @Test(arguments: 0..<20 as Range<UInt64>) func damageIsRefused(seed: UInt64) throws {
    var random = RandomStream(seed: seed, name: "damage")
    let token = try token()
    for _ in 0..<200 {
      var bytes = token.bytes
      for _ in 0...random.below(3) {
        let place = random.below(bytes.count)
        switch random.below(4) {
        case 0: bytes.remove(at: place)
        case 1: bytes.insert(UInt8(random.below(256)), at: place)
        case 2: bytes.swapAt(place, random.below(bytes.count))
        default: bytes = Array(bytes.prefix(max(place, 1)))
        }
      }
      guard bytes != token.bytes else { continue }
      #expect(try objection(to: CompactToken(bytes: bytes)) != nil)
    }
  }

  /// Why a token cannot be read is said of the part and the place.
  @Test(arguments: [
    ("", "it has 1 parts between dots and not 3"),
    ("e30.e30", "it has 2 parts between dots and not 3"),
    ("e30.e30.e30.", "it has 4 parts between dots and not 3"),
    ("e31.e30.", "the header is no base64url"),
    ("e30=.e30.", "the header is no base64url"),
    ("e30.e30.a", "the signature is no base64url"),
    ("e30.e30.", "the header names no alg"),
    ("eyJhbGciOjF9.e30.", "the header names no alg"),
    ("W10.e30.", "the header is no JSON object"),
    ("eyJhbGciOiJub25lIn0.bnVsbA.", "the claims is no JSON object"),
    ("eyJhbGciOiJub25lIn0.eyJhIjoxLCJhIjoyfQ.", "'a' stands here twice"),
  ])
  func complaintsNameThePart(text: String, complaint: String) {
    let error = #expect(throws: DecodedToken.Malformed.self) {
      try DecodedToken(CompactToken(text))
    }
    let reason = error?.reason ?? ""
    #expect(reason.contains(complaint), "\(reason)")
  }

  /// The same claims give the same bytes, so that a run is the same run.
  @Test func issuingHasNoChanceInIt() throws {
    let signers = [Self.signer, TokenSigner(id: "s", .shared(Array("secret".utf8)))]
    for signer in signers {
      let signer = try #require(signer)
      let first = try #require(signer.token(claims()))
      #expect(first == signer.token(claims()))
      let decoded = try DecodedToken(first)
      #expect(signer.key.verifies(decoded.signature, over: decoded.signingInput))
    }
  }

  /// Any bytes come back, and no text stands for bytes that encode to another.
  @Test(arguments: 0..<40 as Range<UInt64>) func base64URLIsOneToOne(seed: UInt64) {
    var random = RandomStream(seed: seed, name: "base64url")
    let bytes = (0..<random.below(40)).map { _ in UInt8(random.below(256)) }
    #expect(Base64URL.decoded(Base64URL.encoded(bytes)) == bytes)
    let letters = Array("ABCDwxyz0189-_".utf8)
    let text = (0..<random.below(12)).map { _ in letters[random.below(letters.count)] }
    if let read = Base64URL.decoded(text) { #expect(Base64URL.encoded(read) == text) }
  }

  /// A key set comes back as it was, without what nobody here understands.
  @Test func keySetsAreReadAsPublished() throws {
    let key = try #require(Self.signer).key
    let secret = VerificationKey(id: "s", .secret([1, 2, 3]))
    #expect(try KeySetDocument.keys(of: KeySetDocument.bytes(of: [key, secret])) == [key, secret])
    let others =
      #"{"keys":[{"kty":"RSA","use":"enc","n":"AQ","e":"AQ"},{"kty":"EC","crv":"P-521"},"#
      + #"{"kty":"oct","alg":"HS512","k":"AQ"},{"kty":"new"}]}"#
    #expect(try KeySetDocument.keys(of: Array(others.utf8)).isEmpty)
    for damaged in [
      "{}", "[]", "{\"keys\":1}", #"{"keys":[{}]}"#, #"{"keys":[{"kty":"oct","k":"*"}]}"#,
      #"{"keys":[{"kty":"OKP","crv":"Ed25519","x":"AQ"}]}"#, "{\"keys\":[]",
    ] {
      #expect(throws: KeySetDocument.Unreadable.self, "\(damaged)") {
        try KeySetDocument.keys(of: Array(damaged.utf8))
      }
    }
  }
}
