import Kernel
import Patterns
import Presentation

/// Tokens and keys in the hand.
extension GatewayBench {
  mutating func issue(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    guard isIssuerUp else { return Document([.text("The issuer is down: no token.")]) }
    let token = issued(to: consumer)
    held = token
    return Document([
      .text("A token for \(Self.consumers[consumer]), in your hand:"),
      .code(Self.lines(token.description), language: nil),
    ])
  }

  mutating func hold(_ line: BenchLine) throws(Diagnostic) -> Document {
    guard let text = line.arguments.first, line.arguments.count == 1 else {
      throw Diagnostic(
        "A token is one word.", found: line.arguments.joined(separator: " "),
        expected: "header.claims.signature, as in eyJhbGciOiJub25lIn0.e30.")
    }
    let token = CompactToken(text)
    held = token
    return Document([.text("In your hand: \(token.bytes.count) bytes. Nobody has looked at them.")])
  }

  func decode(_ line: BenchLine) throws(Diagnostic) -> Document {
    let token = try line.arguments.isEmpty ? inHand() : tokens[consumer(line)]
    let decoded = try read(token)
    var reply = Document([
      .text("Header:"), .code(Self.pretty(decoded.header), language: nil),
      .text("Claims:"), .code(Self.pretty(decoded.claims), language: nil),
    ])
    reply.add(
      decoded.signature.isEmpty
        ? "There is no signature."
        : "Signature: \(decoded.signature.count) bytes. Anybody can read this; what is signed cannot "
          + "be changed, and is no secret.")
    if let start = decoded.notBefore, let end = decoded.expiresAt {
      reply.add("By the clock of the bench it counts from \(start) to \(end); it is \(now).")
    }
    return reply
  }

  /// Header parameters; every other name is that of a claim.
  private static let headerNames = ["alg", "kid", "typ", "crit"]

  mutating func tamper(_ line: BenchLine) throws(Diagnostic) -> Document {
    let text = line.arguments.joined(separator: " ")
    guard let equals = text.firstIndex(of: "="), equals != text.startIndex else {
      throw Diagnostic(
        "'\(text)' changes nothing.", found: text,
        expected: "NAME=VALUE, as in sub=acme, alg=none, exp=2000000000 or bit=0")
    }
    let name = String(text[..<equals])
    let word = String(text[text.index(after: equals)...])
    let decoded = try read(inHand())
    if name == "bit" { return try flip(word, of: decoded) }
    var (header, claims, signature) = (decoded.header, decoded.claims, decoded.signature)
    let number = ["exp", "nbf", "iat"].contains(name) ? Int(word) : nil
    let value = number.map(JSON.integer) ?? .text(word)
    var told = "The signature is the old one."
    if Self.headerNames.contains(name) {
      header = header.setting(name, to: name == "crit" ? .list([value]) : value)
      if name == "crit" { header = header.setting(word, to: .boolean(true)) }
    } else {
      claims = claims.setting(name, to: value)
    }
    if name == "alg", word == "none" {
      signature = []
      told = "The signature is gone."
    }
    if name == "alg", word == "HS256", let known = issuer.signer(at: now).key.publicBytes,
      let liar = TokenSigner(id: "", .shared(known)),
      let made = liar.signature(over: CompactToken.signingInput(header: header, claims: claims))
    {
      signature = made
      told = "The signature is an HMAC whose secret is the issuer's public key."
    }
    held = CompactToken(header: header, claims: claims, signature: signature)
    return Document([.text("\(name) is now \(word). \(told)")])
  }

  private mutating func flip(
    _ word: String, of decoded: DecodedToken
  ) throws(Diagnostic) -> Document {
    var signature = decoded.signature
    guard let bit = Int(word), bit >= 0, bit < signature.count * 8 else {
      throw Diagnostic(
        "'\(word)' is no bit of the signature.", found: word,
        expected: signature.isEmpty
          ? "a token with a signature" : "a number from 0 to \(signature.count * 8 - 1)")
    }
    signature[bit / 8] ^= 0x80 >> UInt8(bit % 8)
    held = CompactToken(header: decoded.header, claims: decoded.claims, signature: signature)
    return Document([.text("Bit \(bit) of the signature is the other way round.")])
  }

  mutating func present(_ line: BenchLine) throws(Diagnostic) -> Document {
    let path = line.arguments.isEmpty ? "/account" : try path(line, 0)
    let token = try inHand()
    let before = begin(1)
    let isGenuine = issuer.isGenuine(token, leeway: design.verifier?.leeway ?? .zero, wall: now)
    send(.init(path: path, token: token), by: 0, isForged: !isGenuine)
    var reply = told(1, before)
    if counters.forgedTaken > before.forgedTaken {
      reply.add("The issuer has made no such token, or not for here and now: it should not count.")
    }
    return reply
  }

  func keyset() -> Document {
    guard isIssuerUp else { return Document([.text("The issuer is down: no key set.")]) }
    var reply = Document([.text("The issuer publishes:")])
    for key in (try? JSON.read(issuer.document(at: now)))?.members ?? [] {
      guard case .list(let items) = key.value else { continue }
      for item in items { reply.blocks.append(.code(Self.pretty(item), language: nil)) }
    }
    if design.signs == .hs256 {
      reply.add("It is a shared secret: who can verify can sign, and a real issuer publishes none.")
    }
    return reply
  }

  mutating func revoke(_ line: BenchLine) throws(Diagnostic) -> Document {
    let consumer = try consumer(line)
    _ = keyTable.revoke(apiKeys[consumer])
    var reply = Document([
      .text("The key of \(Self.consumers[consumer]) counts no more, in the table of keys.")
    ])
    if design.apiKeyLife != .zero {
      let hears = design.apiKeyPoll > .zero ? "asks every \(design.apiKeyPoll)" : "does not ask"
      reply.add("The node remembers keys and \(hears) which were revoked.")
    }
    return reply
  }

  mutating func rotate(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.arguments.first {
    case "publish":
      issuer.publishesAt = issuer.publishesAt ?? now
      return Document([
        .text("The issuer publishes keys 1 and 2, and signs with \(issuer.signer(at: now).key.id).")
      ])
    case "sign":
      issuer.publishesAt = issuer.publishesAt ?? now
      issuer.signsAt = issuer.signsAt ?? now
      for consumer in Self.consumers.indices { renew(consumer) }
      return Document([.text("The issuer signs with key 2; every consumer has a new token.")])
    case "retire":
      issuer.publishesAt = issuer.publishesAt ?? now
      issuer.dropsAt = now
      return Document([.text("The issuer publishes key 2 only.")])
    default:
      throw .unknown(
        "step of a rotation", line.arguments.first ?? "", known: ["publish", "sign", "retire"])
    }
  }

  private func inHand() throws(Diagnostic) -> CompactToken {
    guard let held else {
      throw Diagnostic(
        "There is no token in your hand.", found: "none", expected: "issue acme, or hold TOKEN")
    }
    return held
  }

  private func read(_ token: CompactToken) throws(Diagnostic) -> DecodedToken {
    do {
      return try DecodedToken(token)
    } catch {
      throw Diagnostic(
        "This token cannot be read: \(error.reason).", found: "\(token.description.prefix(40))",
        expected: "three parts in base64url between dots, the first two JSON objects")
    }
  }

  /// A word too long for a line, in several.
  private static func lines(_ text: String) -> String {
    var rest = Substring(text)
    var lines: [Substring] = []
    while !rest.isEmpty {
      lines.append(rest.prefix(72))
      rest = rest.dropFirst(72)
    }
    return lines.joined(separator: "\n")
  }

  /// An object with a line for each member; values too long for one are cut, and say so.
  private static func pretty(_ object: JSON) -> String {
    let lines = object.members.map { member in
      let value = member.value.compact
      let shown =
        value.count <= 56
        ? value : "\(value.prefix(40))...\" (\(value.count - 2) letters)"
      return "  \"\(member.name)\": \(shown)"
    }
    return "{\n" + lines.joined(separator: ",\n") + "\n}"
  }
}
