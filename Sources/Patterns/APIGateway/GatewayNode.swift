import Kernel

/// One node of an API gateway: what becomes of a request before anything is sent to an upstream.
///
///     route ─▶ token ─▶ limit ─▶ cache ─▶ upstream
///      404     401       429      hit
///
/// What refuses cheaply stands first. Limits of a consumer stand after the token, because
/// before it nobody knows who the consumer is.
///
/// **Nothing reaches an upstream without a token that counts, where tokens are verified. A consumer
/// gets at most its rate and burst of each node.** Whether nodes count together is up to their host.
public struct GatewayNode: Sendable {
  /// A request as it comes in.
  public struct Request: Sendable, Hashable {
    /// The path.
    public var path: String
    /// The token; nil without one.
    public var token: SignedToken?
    /// The API key, looked at where there is no token.
    public var apiKey: Int?

    /// A request.
    public init(path: String, token: SignedToken?, apiKey: Int? = nil) {
      self.path = path
      self.token = token
      self.apiKey = apiKey
    }
  }

  /// What becomes of a request.
  public enum Admission: Sendable, Hashable {
    /// No route: 404.
    case notFound
    /// 401, and why.
    case unauthenticated(TokenVerifier.Refusal?)
    /// The issuer's keys are not to be had: 500.
    case noKeys
    /// The keys must be fetched, or are being fetched; admit it again when that has ended.
    case waitForKeys(begins: Bool)
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

  /// The routes.
  public let routes: RouteTable
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
  /// The API keys of consumers.
  public var apiKeys = APIKeyTable()
  private var mustFetch = false

  /// A node.
  public init(
    routes: RouteTable, verifier: TokenVerifier?, keys: SigningKeyCache,
    limit: RateLimiter.Options?, counting: Counting, cache: ResponseCache
  ) {
    self.routes = routes
    self.verifier = verifier
    self.keys = keys
    self.counting = counting
    limits = limit.map { RateLimiterTable(RateLimiter($0), capacity: 10_000) }
    self.cache = cache
  }

  /// What becomes of a request by the rules before the limit; nil when it may go on to that.
  public mutating func authenticate(
    _ request: Request, again: Bool, wall: Instant, at now: Instant
  ) -> Admission? {
    guard routes.match(host: "api.shop", path: request.path, method: "GET") != nil else {
      return .notFound
    }
    guard let verifier else { return nil }
    if request.token == nil, let key = request.apiKey {
      return apiKeys.consumer(of: key) == nil ? .unauthenticated(nil) : nil
    }
    guard let token = request.token else { return .unauthenticated(nil) }
    if verifier.objectsToAlgorithm(of: token) { return .unauthenticated(.algorithm) }
    var key: SigningKey?
    if token.algorithm == .asymmetric {
      switch keys.look(up: token.keyID, again: again, at: now) {
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
    return verifier.objection(to: token, key: key, at: wall).map { .unauthenticated($0) }
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
    if let entry = cache.answer(to: request.path, for: consumer, at: now) { return .cached(entry) }
    guard let match = routes.match(host: "api.shop", path: request.path, method: "GET") else {
      return .notFound
    }
    return .proxied(match)
  }
}
