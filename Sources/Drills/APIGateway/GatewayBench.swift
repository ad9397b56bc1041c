import Kernel
import Patterns
import Presentation

/// One node of a gateway, an issuer of tokens and three consumers, under commands: the clock stands
/// still until `tick`.
public struct GatewayBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: GatewayPreset
  var node: GatewayNode
  /// What the issuer publishes, and which of it it signs with.
  var published = [SigningKey(id: 1, secret: 101)]
  var signing = SigningKey(id: 1, secret: 101)
  var isIssuerUp = true
  var now = Instant.zero
  var tokens: [SignedToken] = []
  /// The API key of each consumer.
  var apiKeys: [Int] = []
  let transform: HeaderTransform
  /// The weights of the two versions of the catalog.
  var catalog = RouteTable([
    .init(path: "/catalog", upstreams: [.init("catalog", weight: 1_000), .init("next", weight: 0)])
  ])
  /// The access log: one record a request, the last hundred of them.
  var log: [AccessRecord] = []
  var random = RandomStream(seed: 1, name: "bench/gateway")
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
    var retryAfter: TimeSpan?
    var route: Int?
    var strippedLength: Int?
    var records = 0
    var lastNew = 0
    var spoofed = 0
    var credentialsSeen = 0
  }

  /// What the access log keeps of a request.
  struct AccessRecord: Sendable, Equatable {
    let at: Instant
    let consumer: String
    let path: String
    let status: Int
    let upstream: String
  }

  static let consumers = GatewaySettings.consumers
  static let tokenLife = TimeSpan.minutes(10)
  static let forgeries = ["none", "key", "audience", "expired", "signature"]

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: GatewayPreset = .plain) {
    self.init(preset: preset, settings: Settings(preset.tool.knobs))
  }

  private init(preset: GatewayPreset, settings: Settings) {
    self.preset = preset
    self.settings = settings
    let design = preset.design(settings)
    node = GatewayNode(
      routes: GatewaySettings.routes,
      verifier: design.verifies
        ? TokenVerifier(
          audience: GatewaySettings.audience, leeway: design.leeway,
          checksDates: design.checksDates) : nil,
      keys: SigningKeyCache(design.keys), limit: design.limit, counting: design.counting,
      cache: ResponseCache(design.cache))
    transform = design.transform
    apiKeys = Self.consumers.indices.map { node.apiKeys.issue(to: $0) }
    tokens = Self.consumers.indices.map { signed(for: $0) }
  }

  /// A token for `consumer`, signed now.
  func signed(for consumer: Int) -> SignedToken {
    SignedToken(
      keyID: signing.id, signedWith: signing.secret, audience: GatewaySettings.audience,
      subject: consumer, notBefore: now, expiresAt: now + Self.tokenLife)
  }

  /// The names that commands take.
  public var parts: [String] { Self.consumers + Self.forgeries }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "get", usage: "get CONSUMER PATH [COUNT]", example: "get acme /catalog/1 10",
        "Sends requests of a consumer with its token."),
      BenchCommand(
        "forge", usage: "forge KIND [COUNT]", example: "forge none",
        "Sends a token that must not count: none, key, audience, expired or signature."),
      BenchCommand(
        "keyed", usage: "keyed CONSUMER PATH [COUNT]", example: "keyed acme /catalog/1",
        "Sends requests of a consumer with its API key."),
      BenchCommand(
        "revoke", usage: "revoke CONSUMER", example: "revoke acme",
        "Takes the API key of a consumer away."),
      BenchCommand(
        "spoof", usage: "spoof CONSUMER AS", example: "spoof crow acme",
        "Sends a request that claims in its headers to come from somebody else."),
      BenchCommand(
        "split", usage: "split SHARE", example: "split 10%",
        "Sends this share of /catalog to the next version."),
      BenchCommand(
        "records", usage: "records", example: "records", "Shows the end of the access log."),
      BenchCommand(
        "match", usage: "match PATH", example: "match /catalog/1",
        "Shows which route takes a path, and what the upstream sees of it."),
      BenchCommand(
        "renew", usage: "renew CONSUMER", example: "renew acme",
        "Gives a consumer a fresh token from the issuer."),
      BenchCommand(
        "rotate", usage: "rotate publish|sign|retire", example: "rotate publish",
        "Rotates the issuer's key: publish the new one, sign with it, retire the old one."),
      BenchCommand("down", usage: "down", example: "down", "Stops the issuer."),
      BenchCommand("up", usage: "up", example: "up", "Starts the issuer again."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 10s", "Lets time pass."),
      BenchCommand("show", usage: "show", example: "show", "Shows keys, tokens and routes."),
    ]
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
      Measurement("kept", Double(node.cache.entries.count), .count),
      Measurement("route", counters.route.map { Double($0 + 1) }, .count),
      Measurement("path_length", counters.strippedLength.map(Double.init), .count),
      Measurement("records", Double(counters.records), .count),
      Measurement(
        "next_share", last == 0 ? nil : Double(counters.lastNew) / Double(last), .fraction),
      Measurement("spoofed", Double(counters.spoofed), .count),
      Measurement("credentials_seen", Double(counters.credentialsSeen), .count),
      Measurement("clock", now.seconds, .seconds),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Route, token, keys, limit and cache are the node that the drills run."],
      leavesOut: [
        "Fetches and upstream calls take no time; upstreams always answer.",
        "Tokens live for ten minutes; a signature is a fact, there is no cryptography.",
      ] + preset.tool.leavesOut,
      sources: APIGatewayScenario().fidelity.sources)
  }

  /// Every request leaves one record in the access log, refusals included.
  public func checkInvariants() -> InvariantViolation? {
    counters.records == counters.requests
      ? nil
      : InvariantViolation(
        "one record", witness: "\(counters.requests) requests, \(counters.records) records")
  }

  /// Turns knobs; the gateway begins anew.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    self = GatewayBench(preset: preset, settings: changed)
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "Knobs away from their defaults: "
          + (changes.isEmpty ? "none" : changes.joined(separator: " "))),
      .text("The gateway begins anew, with no keys and nothing kept."),
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "get", "keyed": return try get(line)
    case "revoke":
      let consumer = try consumer(line)
      _ = node.apiKeys.revoke(apiKeys[consumer])
      return Document([.text("The key of \(Self.consumers[consumer]) counts no more.")])
    case "spoof": return try spoof(line)
    case "split": return try split(line)
    case "records": return records()
    case "forge": return try forge(line)
    case "match": return try match(line)
    case "renew":
      let consumer = try consumer(line)
      guard isIssuerUp else { return Document([.text("The issuer is down: no token.")]) }
      tokens[consumer] = signed(for: consumer)
      return Document([.text("\(Self.consumers[consumer]) has a token of key \(signing.id).")])
    case "rotate": return try rotate(line)
    case "down", "up":
      isIssuerUp = line.name == "up"
      return Document([.text("The issuer is \(line.name).")])
    case "tick":
      now += try line.span(upTo: .hours(24), expected: "a time up to 24h, such as 10s")
      return Document([.text("It is \(now).")])
    default: return show()
    }
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
