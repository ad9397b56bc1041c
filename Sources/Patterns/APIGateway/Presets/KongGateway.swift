import Kernel

/// Kong under its own names.
enum KongGateway {
  private static let service =
    "github.com/Kong/kong kong/db/schema/entities/services.lua @22246ef28c"
  private static let limiting =
    "github.com/Kong/kong kong/plugins/rate-limiting/schema.lua @22246ef28c"
  private static let jwt = "github.com/Kong/kong kong/plugins/jwt/schema.lua @22246ef28c"
  private static let cache =
    "github.com/Kong/kong kong/plugins/proxy-cache/schema.lua @0135d1483aec"
  private static let credentials =
    "github.com/Kong/kong kong/plugins/jwt/daos.lua @2331636: HS256, HS384, HS512, RS256, RS512 or "
    + "ES256"
  private static let datastore = "github.com/Kong/kong kong/templates/kong_defaults.lua"

  static let tool = ToolPreset(
    id: "kong", title: "Kong",
    knobs: [
      Knob(
        "service.read_timeout", .integer(1...600_000), standard: .integer(60_000),
        source: service, "The wait between two reads from an upstream, in milliseconds."),
      Knob(
        "service.retries", .integer(0...10), standard: .integer(5), source: service,
        "How often a failed try is repeated."),
      Knob(
        "jwt", .flag, standard: .flag(false), source: "a plugin, off until it is added",
        "Whether the jwt plugin is on, and key-auth beside it."),
      Knob(
        "jwt.claims_to_verify", .choice(["none", "exp", "exp,nbf"]), standard: .word("none"),
        source: jwt, "Which dates of a token are looked at; exp and nbf are all that there is."),
      Knob(
        "jwt_secrets.algorithm", .choice(["HS256", "RS256"]), standard: .word("HS256"),
        source: credentials,
        "The algorithm of the consumers' credentials; a token whose alg is another is refused."),
      Knob(
        "db_cache_ttl", .integer(0...86_400), standard: .integer(0), source: datastore,
        "How long a credential is remembered, in seconds; 0 for until it is told otherwise."),
      Knob(
        "db_update_frequency", .integer(1...3_600), standard: .integer(5), source: datastore,
        "How often a node asks what has changed, in seconds."),
      Knob(
        "key-auth.hide_credentials", .flag, standard: .flag(false),
        source: "github.com/Kong/kong kong/plugins/key-auth/schema.lua @22246ef28c",
        "Whether the upstream does not get to see the key."),
      Knob(
        "rate-limiting.second", .integer(0...100_000), standard: .integer(0),
        source: "ours: the plugin has no default and wants at least one period",
        "Requests in a second; 0 without the plugin."),
      Knob(
        "rate-limiting.limit_by", .choice(["consumer", "service"]), standard: .word("consumer"),
        source: limiting, "Whom the count is for."),
      Knob(
        "proxy-cache", .flag, standard: .flag(false), source: "a plugin, off until it is added",
        "Whether the proxy-cache plugin is on."),
      Knob(
        "proxy-cache.cache_ttl", .integer(1...86_400), standard: .integer(300), source: cache,
        "How long answers are kept, in seconds."),
      Knob(
        "proxy-cache.cache_control", .flag, standard: .flag(false), source: cache,
        "Whether Cache-Control is looked at."),
    ],
    leavesOut: [
      "The jwt plugin finds a credential by the claim that key_claim_name names (iss) and fetches no "
        + "key set; here one issuer signs for all consumers, and its keys are fetched.",
      "The plugin does not look at aud, and so this preset does not; a token without nbf is taken "
        + "here where claims_to_verify would want one.",
      "HS384, HS512, RS512 and ES256 are left out; ES256 can be verified and is not issued.",
      "Kong overwrites identity headers, so a client's never gets through.",
      "Policies of rate-limiting that share counters (cluster, redis) are in the scenario's "
        + "limit.scope.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.signs = SigningAlgorithm(rawValue: settings.word("jwt_secrets.algorithm")) ?? .hs256
    if settings.flag("jwt") {
      design.verifier?.algorithms = [design.signs]
      design.verifier?.issuer = GatewayPreset.issuer
      design.verifier?.checksExpiry = settings.word("jwt.claims_to_verify") != "none"
      design.verifier?.checksNotBefore = settings.word("jwt.claims_to_verify") == "exp,nbf"
    } else {
      design.verifier = nil
    }
    let life = settings.integer("db_cache_ttl")
    design.apiKeyLife = life == 0 ? nil : .seconds(Int64(life))
    design.apiKeyPoll = .seconds(Int64(settings.integer("db_update_frequency")))
    design.transform.hidesCredentials = settings.flag("key-auth.hide_credentials")
    design.timeout = .milliseconds(Int64(settings.integer("service.read_timeout")))
    design.retries = settings.integer("service.retries")
    let rate = settings.integer("rate-limiting.second")
    if rate > 0 {
      var limit = RateLimiter.Options()
      limit.kind = .fixedWindow
      limit.rate = RateLimit(rate, per: .seconds(1))
      design.limit = limit
    }
    design.counting = settings.word("rate-limiting.limit_by") == "service" ? .everybody : .consumer
    if settings.flag("proxy-cache") {
      design.cache.life = .seconds(Int64(settings.integer("proxy-cache.cache_ttl")))
    }
    // Kong's key of a kept answer begins with the consumer.
    design.cache.variesByConsumer = true
    design.cache.honoursPrivate = settings.flag("proxy-cache.cache_control")
    return design
  }
}
