import Kernel

/// The gateway under plain names, as the drills use it.
enum PlainGateway {
  static let tool = ToolPreset(
    id: "plain", title: "The mechanism under plain names",
    knobs: tokens + apiKeys + limits + upstream + headers,
    leavesOut: [])

  private static let tokens = [
    Knob(
      "verify.algorithm", .choice(["EdDSA", "RS256", "HS256"]), standard: .word("EdDSA"),
      source: "ours; RFC 8725 section 3.1: the verifier names what it takes, not the token",
      "The one algorithm that tokens may be signed with; the issuer signs with it."),
    Knob(
      "verify.leeway", .span(.zero...(.minutes(10))), standard: .span(.zero),
      source: "RFC 7519 section 4.1.4: a small leeway, usually no more than a few minutes, may be "
        + "granted",
      "How far apart the clocks of issuer and gateway may be before a token is refused."),
    Knob(
      "jwks.life", .span(.seconds(1)...(.hours(24))), standard: .span(.minutes(5)),
      "How long the issuer's keys are taken as they are."),
    Knob(
      "jwks.refetch", .flag, standard: .flag(false),
      "Whether a token with an unknown key id makes the gateway fetch the keys."),
    Knob(
      "jwks.interval", .span(.zero...(.hours(1))), standard: .span(.seconds(5)),
      "The least time between two fetches."),
    Knob(
      "jwks.stale", .flag, standard: .flag(false),
      "Whether keys are used past their life until there are new ones."),
  ]

  private static let apiKeys = [
    Knob(
      "apikeys.life", .span(.zero...(.hours(24))), standard: .span(.zero),
      source: "ours; Kong remembers until told: db_cache_ttl 0",
      "How long a node remembers whose an API key is; 0s to ask each time."),
    Knob(
      "apikeys.poll", .span(.zero...(.hours(1))), standard: .span(.zero),
      source: "ours; Kong db_update_frequency: 5 s",
      "How often a node asks which API keys were revoked; 0s for never."),
  ]

  private static let limits = [
    Knob(
      "limit.rate", .integer(0...100_000), standard: .integer(0),
      "Requests a second that each node admits of a consumer; 0 for no limit."),
    Knob(
      "limit.burst", .integer(1...100_000), standard: .integer(20),
      "Requests that may come at once."),
    Knob(
      "limit.counts", .choice(["consumer", "everybody"]), standard: .word("consumer"),
      "Whether each consumer has a counter, or all share one."),
    Knob(
      "cache.life", .span(.zero...(.hours(1))), standard: .span(.zero),
      source: "nginx: no proxy_cache unless configured",
      "How long answers are kept; 0s for no cache."),
    Knob(
      "cache.varies", .choice(["path", "consumer"]), standard: .word("path"),
      "Whether the consumer is part of the key of a kept answer."),
    Knob(
      "cache.honours", .flag, standard: .flag(false),
      source: "Kong proxy-cache cache_control: false",
      "Whether answers that the upstream marks private are left out of the cache."),
  ]

  private static let upstream = [
    Knob(
      "upstream.timeout", .span(.milliseconds(1)...(.minutes(10))), standard: .span(.seconds(60)),
      source: "Kong services: 60,000 ms; nginx proxy_read_timeout: 60 s",
      "The longest wait for one try at an upstream."),
    Knob(
      "upstream.retries", .integer(0...10), standard: .integer(5),
      source: "Kong services: retries 5", "How often a failed try is repeated."),
    Knob(
      "upstream.fails", .integer(0...100), standard: .integer(0),
      source: "Kong upstreams: all thresholds 0, which is off",
      "Failures that take an instance out for ten seconds; 0 for never."),
  ]

  private static let headers = [
    Knob(
      "headers.strip", .flag, standard: .flag(true),
      "Whether an identity header that a client sent is taken off before the gateway sets its own."
    ),
    Knob(
      "headers.hide", .flag, standard: .flag(false),
      source: "Kong key-auth hide_credentials: false",
      "Whether keys and tokens are taken off before the request goes on."),
  ]

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.signs = SigningAlgorithm(rawValue: settings.word("verify.algorithm")) ?? .edDSA
    design.verifier?.algorithms = [design.signs]
    design.verifier?.leeway = settings.span("verify.leeway")
    design.verifier?.issuer = GatewayPreset.issuer
    design.verifier?.audience = GatewayPreset.audience
    design.keys.life = settings.span("jwks.life")
    design.keys.fetchesUnknown = settings.flag("jwks.refetch")
    design.keys.interval = settings.span("jwks.interval")
    design.keys.usesStale = settings.flag("jwks.stale")
    design.apiKeyLife = settings.span("apikeys.life")
    design.apiKeyPoll = settings.span("apikeys.poll")
    design.transform = HeaderTransform(
      stripsIdentity: settings.flag("headers.strip"),
      hidesCredentials: settings.flag("headers.hide"))
    let rate = settings.integer("limit.rate")
    if rate > 0 {
      var limit = RateLimiter.Options()
      limit.rate = RateLimit(rate, per: .seconds(1))
      limit.burst = settings.integer("limit.burst")
      design.limit = limit
    }
    design.counting = GatewayNode.Counting(rawValue: settings.word("limit.counts")) ?? .consumer
    design.cache.life = settings.span("cache.life")
    design.cache.variesByConsumer = settings.word("cache.varies") == "consumer"
    design.cache.honoursPrivate = settings.flag("cache.honours")
    design.timeout = settings.span("upstream.timeout")
    design.retries = settings.integer("upstream.retries")
    design.maxFails = settings.integer("upstream.fails")
    return design
  }
}
