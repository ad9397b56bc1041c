import Kernel

/// One node of an API gateway: what becomes of a request before anything is sent to an upstream.
///
///     route ─▶ token or API key ─▶ limit ─▶ cache ─▶ upstream
///      404            401           429      hit
///
/// What refuses cheaply stands first. Limits of a consumer stand after the credential, because
/// before it nobody knows who the consumer is.
///
/// **Nothing reaches an upstream without a credential that counts, where these are looked at. A
/// consumer gets at most its rate and burst of each node.** Whether nodes count together is up to
/// their host.
public struct GatewayNode: Sendable {
  /// A request as it comes in.
  public struct Request: Sendable, Hashable {
    /// The host.
    public var host: String
    /// The path.
    public var path: String
    /// The token; nil without one.
    public var token: CompactToken?
    /// The API key, looked at where there is no token.
    public var apiKey: Int?

    /// A request.
    public init(
      host: String = GatewayNode.host, path: String, token: CompactToken?, apiKey: Int? = nil
    ) {
      self.host = host
      self.path = path
      self.token = token
      self.apiKey = apiKey
    }

    /// What a kept answer to it is known by: another host's answer is another one.
    public var cacheKey: String { host == GatewayNode.host ? path : host + path }
  }

  /// What becomes of a request.
  public enum Admission: Sendable, Hashable {
    /// No route: 404.
    case notFound
    /// 401, and why.
    case unauthenticated(TokenVerifier.Objection)
    /// The issuer's keys are not to be had: 500.
    case noKeys
    /// The keys must be fetched, or are being fetched; admit it again when that has ended.
    case waitForKeys(begins: Bool)
    /// The table of API keys must be asked; admit it again when it has answered.
    case waitForAPIKey(Int)
    /// It may go on to the limit, as this consumer; nil where nobody looks.
    case identified(Int?)
    /// 429.
    case throttled(retryAfter: TimeSpan?)
    /// The answer is in the cache.
    case cached(ResponseCache.Entry)
    /// It goes to an upstream of this route.
    case proxied(RouteTable.Match)
  }

  /// Whom limits count for.
  public enum Counting: String, Sendable, Hashable, CaseIterable {
    /// Each consumer for itself.
    case consumer
    /// All together.
    case everybody
  }

  /// The host that requests are for where nothing else is said.
  public static let host = "api.shop"

  /// The routes, with the weights of their upstreams.
  public var routes: RouteTable
  /// The names of consumers, as tokens have them in `sub`.
  public let consumers: [String]
  /// What tokens are held against; nil where nobody looks at tokens.
  public let verifier: TokenVerifier?
  /// Whom limits count for.
  public let counting: Counting
  /// The issuer's keys.
  public var keys: SigningKeyCache
  /// The counters of consumers; nil where limits are kept elsewhere, or nowhere.
  public private(set) var limits: RateLimiterTable<Int>?
  /// Answers kept.
  public var cache: ResponseCache
  /// What it remembers of API keys.
  public var apiKeys: APIKeyCache
  private var verified = VerifiedTokens()
  private var mustFetch = false

  /// A node of `design`; without a limit of its own where these are counted elsewhere.
  public init(
    _ design: GatewayDesign, routes: RouteTable, consumers: [String], countsItself: Bool = true,
    shortcut: GatewayShortcut? = nil
  ) {
    self.routes = routes
    self.consumers = consumers
    verifier = design.verifier
    keys = SigningKeyCache(design.keys)
    counting = design.counting
    limits = (countsItself ? design.limit : nil)
      .map { RateLimiterTable(RateLimiter($0), capacity: 10_000) }
    cache = ResponseCache(design.cache)
    apiKeys = APIKeyCache(life: design.apiKeyLife, shortcut: shortcut)
  }

  /// Forgets keys, tokens and answers, as a process does that was started anew.
  public mutating func forgetEverything() {
    keys = SigningKeyCache(keys.options)
    cache = ResponseCache(cache.options)
    apiKeys = APIKeyCache(life: apiKeys.life, shortcut: apiKeys.shortcut)
    verified = VerifiedTokens()
  }

  /// What becomes of a request by the rules before the limit.
  public mutating func authenticate(
    _ request: Request, again: Bool, wall: Instant, at now: Instant
  ) -> Admission {
    guard routes.match(host: request.host, path: request.path, method: "GET") != nil else {
      return .notFound
    }
    guard let verifier else { return .identified(nil) }
    guard let token = request.token else {
      guard let key = request.apiKey else {
        return .unauthenticated(.init(.missing, "neither a token nor an API key"))
      }
      return identify(key, again: again, at: now)
    }
    let known = verified.entry(of: token)
    let decoded: DecodedToken
    if let known {
      decoded = known.token
    } else {
      do {
        decoded = try DecodedToken(token)
      } catch {
        return .unauthenticated(.init(.malformed, error.reason))
      }
      if let objection = verifier.objectionToHeader(of: decoded) {
        return .unauthenticated(objection)
      }
    }
    var key: VerificationKey?
    if !verifier.takesUnsigned(decoded) {
      switch keys.look(up: decoded.keyID ?? "", again: again, at: now) {
      case .key(let found): key = found
      case .stale(let found):
        key = found
        mustFetch = true
      case .unknown: key = nil
      case .fetch: return .waitForKeys(begins: true)
      case .wait: return .waitForKeys(begins: false)
      case .unavailable: return .noKeys
      }
    }
    var consumer = known?.consumer
    if known == nil || known?.key != key {
      if let objection = verifier.objectionToSignature(of: decoded, key: key) {
        return .unauthenticated(objection)
      }
      consumer = decoded.subject.flatMap { consumers.firstIndex(of: $0) }
    } else if verifier.shortcut == .remembersVerdict {
      return .identified(consumer)
    }
    if let objection = verifier.objectionToClaims(of: decoded, at: wall) {
      return .unauthenticated(objection)
    }
    if known?.key != key || known == nil {
      verified.keep(.init(token: decoded, key: key, consumer: consumer), for: token)
    }
    guard consumer != nil else {
      return .unauthenticated(
        .init(.unknownConsumer, "sub is \(decoded.subject ?? "not there"), which nobody knows"))
    }
    return .identified(consumer)
  }

  private func identify(_ key: Int, again: Bool, at now: Instant) -> Admission {
    switch apiKeys.look(up: key, again: again, at: now) {
    case .consumer(let consumer): .identified(consumer)
    case .unknown:
      .unauthenticated(.init(.unknownConsumer, "API key \(key) is unknown or was revoked"))
    case .ask: .waitForAPIKey(key)
    }
  }

  /// Whether a fetch of keys must begin that no request waits for; asked once after each request.
  public mutating func takeFetch() -> Bool {
    defer { mustFetch = false }
    return mustFetch
  }

  /// Whose counter a request of `consumer` goes by.
  public func counter(of consumer: Int) -> Int { counting == .consumer ? consumer : 0 }

  /// What the node's own limit says to a request of `consumer`; nil when it may go on.
  public mutating func limit(_ consumer: Int, at now: Instant) -> Admission? {
    let counter = counter(of: consumer)
    guard let decision = limits?.acquire(counter, at: now) else { return nil }
    if case .deny(let after) = decision { return .throttled(retryAfter: after) }
    return nil
  }

  /// The answer in the cache, or where the request goes.
  public func forward(_ request: Request, for consumer: Int, at now: Instant) -> Admission {
    if let entry = cache.answer(to: request.cacheKey, for: consumer, at: now) {
      return .cached(entry)
    }
    guard let match = routes.match(host: request.host, path: request.path, method: "GET") else {
      return .notFound
    }
    return .proxied(match)
  }
}
