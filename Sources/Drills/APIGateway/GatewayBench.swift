import Kernel
import Patterns
import Presentation

/// One node of a gateway, an issuer of tokens and three consumers, under commands: the clock stands
/// still until `tick`.
public struct GatewayBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: GatewayPreset
  let design: GatewayDesign
  var node: GatewayNode
  var issuer: TokenIssuer
  var isIssuerUp = true
  var now = Instant.zero
  /// The token of each consumer, and until when it counts.
  var tokens: [CompactToken] = []
  var tokenEnds: [Instant] = []
  /// The token that a stranger has in hand.
  var held: CompactToken?
  /// The table of API keys, and the key of each consumer.
  var keyTable = APIKeyTable()
  var apiKeys: [Int] = []
  /// When the node last asked which keys were revoked.
  var polledAt = Instant.zero
  var log = AccessLog()
  var random = RandomStream(seed: 1, name: "bench/gateway")
  /// Services that are not there.
  var stopped: [String] = []
  /// Whether /page can do without its prices.
  var isPriceOptional = false
  var counters = Counters()

  /// What has been counted since the bench was made.
  struct Counters: Sendable, Equatable {
    var requests = 0
    var good = 0
    var unauthenticated = 0
    var throttled = 0
    var noKeys = 0
    var notFound = 0
    var hits = 0
    var leaked = 0
    var forgedTaken = 0
    var upstream = 0
    var lastRequests = 0
    var lastGood = 0
    var lastStatus: Int?
    var lastReason: String?
    var retryAfter: TimeSpan?
    var route: Int?
    var strippedLength: Int?
    var lastNew = 0
    var spoofed = 0
    var credentialsSeen = 0
    var keyLookups = 0
    var failed = 0
    var partial = 0
  }

  static let consumers = GatewaySettings.consumers
  static let tokenLife = TimeSpan.minutes(10)
  static let forgeries = Forgery.allCases.map(\.rawValue)

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: GatewayPreset = .plain) {
    self.init(preset: preset, settings: Settings(preset.tool.knobs))
  }

  private init(preset: GatewayPreset, settings: Settings) {
    self.preset = preset
    self.settings = settings
    design = preset.design(settings)
    node = GatewayNode(design, routes: Self.routes, consumers: Self.consumers)
    issuer = TokenIssuer(design.signs)
    for consumer in Self.consumers.indices {
      apiKeys.append(keyTable.issue(to: consumer))
      tokens.append(issued(to: consumer))
      tokenEnds.append(now + Self.tokenLife)
    }
  }

  /// A token for `consumer`, signed now.
  mutating func issued(to consumer: Int) -> CompactToken {
    issuer.token(for: Self.consumers[consumer], life: Self.tokenLife, wall: now, at: now)
  }

  mutating func renew(_ consumer: Int) {
    tokens[consumer] = issued(to: consumer)
    tokenEnds[consumer] = now + Self.tokenLife
  }

  /// The names that commands take.
  public var parts: [String] { Self.consumers + Self.forgeries + Self.services }

  /// What can be typed.
  public var commands: [BenchCommand] {
    Self.requesting + Self.routing + Self.handling + Self.operating
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let last = counters.lastRequests
    return [
      Measurement("requests", Double(counters.requests), .count),
      Measurement("good", Double(counters.good), .count),
      Measurement(
        "last_success", last == 0 ? nil : Double(counters.lastGood) / Double(last), .fraction),
      Measurement("last_good", Double(counters.lastGood), .count),
      Measurement("last_status", counters.lastStatus.map(Double.init), .count),
      Measurement("unauthenticated", Double(counters.unauthenticated), .count),
      Measurement("throttled", Double(counters.throttled), .count),
      Measurement("retry_after", counters.retryAfter?.seconds, .seconds),
      Measurement("no_keys", Double(counters.noKeys), .count),
      Measurement("not_found", Double(counters.notFound), .count),
      Measurement("hits", Double(counters.hits), .count),
      Measurement("leaked", Double(counters.leaked), .count),
      Measurement("forged_taken", Double(counters.forgedTaken), .count),
      Measurement("upstream_calls", Double(counters.upstream), .count),
      Measurement("jwks_fetches", Double(node.keys.fetchCount), .count),
      Measurement("known_keys", Double(node.keys.keys.count), .count),
      Measurement("key_lookups", Double(counters.keyLookups), .count),
      Measurement("kept", Double(node.cache.entries.count), .count),
      Measurement("route", counters.route.map { Double($0 + 1) }, .count),
      Measurement("path_length", counters.strippedLength.map(Double.init), .count),
      Measurement("records", Double(log.keptCount), .count),
      Measurement(
        "next_share", last == 0 ? nil : Double(counters.lastNew) / Double(last), .fraction),
      Measurement("spoofed", Double(counters.spoofed), .count),
      Measurement("credentials_seen", Double(counters.credentialsSeen), .count),
      Measurement("token_bytes", held.map { Double($0.bytes.count) }, .count),
      Measurement("failed", Double(counters.failed), .count),
      Measurement("partial", Double(counters.partial), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Route, token, keys, limit, headers, cache and access log are the node that the drills run.",
        "Tokens are signed and verified by swift-crypto with \(design.signs.rawValue).",
      ],
      leavesOut: [
        "Fetches and upstream calls take no time; an upstream answers unless it was stopped.",
        "Tokens live for ten minutes; the clock of the bench begins on 2027-01-15 at 08:00:00 UTC.",
      ] + preset.tool.leavesOut,
      sources: APIGatewayScenario().fidelity.sources)
  }

  /// Every request leaves one record in the access log, refusals included.
  public func checkInvariants() -> InvariantViolation? {
    log.keptCount == counters.requests
      ? nil
      : InvariantViolation(
        "one record", witness: "\(counters.requests) requests, \(log.keptCount) records")
  }

  /// Turns knobs; the gateway begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    self = GatewayBench(preset: preset, settings: changed)
    return Document([
      .text(settings.turned),
      .text("The gateway begins anew, with no keys and nothing kept."),
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "get", "keyed": return try get(line)
    case "forge": return try forge(line)
    case "spoof": return try spoof(line)
    case "issue": return try issue(line)
    case "hold": return try hold(line)
    case "decode": return try decode(line)
    case "tamper": return try tamper(line)
    case "present": return try present(line)
    case "keyset": return keyset()
    case "revoke": return try revoke(line)
    case "split": return try split(line)
    case "stop", "start": return try turn(line)
    case "page": return try page(line)
    case "records": return records()
    case "match": return try match(line)
    case "renew":
      let consumer = try consumer(line)
      guard isIssuerUp else { return Document([.text("The issuer is down: no token.")]) }
      renew(consumer)
      return Document([
        .text("\(Self.consumers[consumer]) has a token of key \(issuer.signer(at: now).key.id).")
      ])
    case "rotate": return try rotate(line)
    case "down", "up":
      isIssuerUp = line.name == "up"
      return Document([.text("The issuer is \(line.name).")])
    case "tick":
      now += try line.span(upTo: .hours(24), expected: "a time up to 24h, such as 10s")
      poll()
      return Document([.text("It is \(now).")])
    default: return show()
    }
  }

  /// The node hears of revoked API keys, when it is time to ask.
  private mutating func poll() {
    guard design.apiKeyPoll > .zero, now >= polledAt + design.apiKeyPoll else { return }
    polledAt = now
    node.apiKeys.revoked(keyTable.revoked)
  }

  func consumer(_ line: BenchLine) throws(Diagnostic) -> Int {
    let word = line.arguments.first ?? ""
    guard let place = Self.consumers.firstIndex(of: word) else {
      throw .unknown(
        "consumer", word, known: Self.consumers,
        column: line.arguments.isEmpty ? nil : line.column(0))
    }
    return place
  }
}

extension GatewayBench {
  private static let requesting = [
    BenchCommand(
      "get", usage: "get CONSUMER [HOST]PATH [COUNT]", example: "get acme /catalog/1 10",
      "Sends requests of a consumer with its token."),
    BenchCommand(
      "keyed", usage: "keyed CONSUMER [HOST]PATH [COUNT]", example: "keyed acme /catalog/1",
      "Sends requests of a consumer with its API key."),
    BenchCommand(
      "forge", usage: "forge KIND [COUNT]", example: "forge none",
      "Sends a token that must not count: \(forgeries.dropLast().joined(separator: ", ")) or "
        + "\(forgeries.last ?? "")."),
    BenchCommand(
      "spoof", usage: "spoof CONSUMER AS", example: "spoof crow acme",
      "Sends a request that claims in its headers to come from somebody else."),
  ]

  private static let handling = [
    BenchCommand(
      "issue", usage: "issue CONSUMER", example: "issue acme",
      "Lets the issuer sign a token for a consumer, and puts it in your hand."),
    BenchCommand(
      "decode", usage: "decode [CONSUMER]", example: "issue acme; decode",
      "Shows header and claims of the token in your hand, or of a consumer's."),
    BenchCommand(
      "tamper", usage: "tamper NAME=VALUE", example: "issue crow; tamper sub=acme",
      "Changes the token in your hand: a claim, alg, kid, crit, or a bit of its signature (bit=0)."),
    BenchCommand(
      "present", usage: "present [PATH]", example: "issue acme; present /account",
      "Sends a request with the token in your hand."),
    BenchCommand(
      "hold", usage: "hold TOKEN", example: "hold eyJhbGciOiJub25lIn0.e30.",
      "Puts any token in your hand, from wherever it comes."),
    BenchCommand(
      "keyset", usage: "keyset", example: "keyset",
      "Shows the key set (JWKS) that the issuer publishes."),
  ]

  private static let operating = [
    BenchCommand(
      "renew", usage: "renew CONSUMER", example: "renew acme",
      "Gives a consumer a fresh token from the issuer."),
    BenchCommand(
      "rotate", usage: "rotate publish|sign|retire", example: "rotate publish",
      "Rotates the issuer's key: publish the new one, sign with it, retire the old one."),
    BenchCommand(
      "revoke", usage: "revoke CONSUMER", example: "revoke acme",
      "Takes the API key of a consumer away, in the table of keys."),
    BenchCommand(
      "records", usage: "records", example: "get acme /catalog/1; records",
      "Shows the end of the access log."),
    BenchCommand("down", usage: "down", example: "down", "Stops the issuer."),
    BenchCommand("up", usage: "up", example: "up", "Starts the issuer again."),
    BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
    BenchCommand("show", usage: "show", example: "show", "Shows keys, tokens and routes."),
  ]
}
