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
        "Whether the jwt plugin is on."),
      Knob(
        "jwt.claims_to_verify", .choice(["none", "exp", "exp,nbf"]), standard: .word("none"),
        source: jwt, "Which dates of a token are looked at."),
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
      "The jwt plugin holds keys by consumer and fetches none; here they come from the issuer.",
      "Policies of rate-limiting that share counters (cluster, redis) are in the scenario's "
        + "limit.scope.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.verifies = settings.flag("jwt")
    design.transform.hidesCredentials = settings.flag("key-auth.hide_credentials")
    design.checksDates = settings.word("jwt.claims_to_verify") != "none"
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

/// nginx as a gateway, under its own names.
enum NginxGateway {
  private static let proxy =
    "github.com/nginx/nginx.org xml/en/docs/http/ngx_http_proxy_module.xml"
    + " @3924a7f8"
  private static let upstream =
    "github.com/nginx/nginx.org xml/en/docs/http/ngx_http_upstream_module.xml @3924a7f8"
  private static let limiting =
    "github.com/nginx/nginx.org xml/en/docs/http/ngx_http_limit_req_module.xml @3924a7f8"

  static let tool = ToolPreset(
    id: "nginx", title: "nginx",
    knobs: [
      Knob(
        "proxy_read_timeout", .span(.milliseconds(1)...(.minutes(10))),
        standard: .span(.seconds(60)), source: proxy,
        "The wait between two reads from an upstream, not for the whole answer."),
      Knob(
        "proxy_next_upstream_tries", .integer(0...10), standard: .integer(0), source: proxy,
        "Tries at most; 0 for as many as there are servers."),
      Knob(
        "max_fails", .integer(0...100), standard: .integer(1), source: upstream,
        "Failures that take a server out for fail_timeout."),
      Knob(
        "limit_req.rate", .integer(0...100_000), standard: .integer(0),
        source: "ours: no limit unless one is configured",
        "Requests a second; 0 without limit_req."),
      Knob(
        "limit_req.burst", .integer(0...100_000), standard: .integer(0), source: limiting,
        "Requests above the rate that are kept waiting."),
      Knob(
        "proxy_cache", .flag, standard: .flag(false), source: proxy,
        "Whether answers are kept."),
      Knob(
        "proxy_cache_valid", .span(.seconds(1)...(.hours(24))), standard: .span(.minutes(5)),
        source: "ours: nginx keeps for as long as the answer's headers say",
        "How long answers are kept."),
    ],
    leavesOut: [
      "Verifying tokens (auth_jwt) is part of the commercial version and left out.",
      "limit_req counts by a key of your own, an address as a rule; here it is the consumer, and a "
        + "request that it would delay goes on at once.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.verifies = false
    design.timeout = settings.span("proxy_read_timeout")
    let tries = settings.integer("proxy_next_upstream_tries")
    design.retries = tries == 0 ? 1 : tries - 1
    design.maxFails = settings.integer("max_fails")
    let rate = settings.integer("limit_req.rate")
    if rate > 0 {
      var limit = RateLimiter.Options()
      limit.kind = .leakyMeter
      limit.rate = RateLimit(rate, per: .seconds(1))
      limit.burst = settings.integer("limit_req.burst")
      design.limit = limit
    }
    if settings.flag("proxy_cache") { design.cache.life = settings.span("proxy_cache_valid") }
    // proxy_cache_key is $scheme$proxy_host$request_uri: nobody's name is in it. Private is looked at.
    design.cache.honoursPrivate = true
    return design
  }
}

/// Express Gateway under its own names.
enum ExpressGateway {
  private static let limiting =
    "github.com/ExpressGateway/express-gateway lib/policies/rate-limit/index.js @a294cac"

  static let tool = ToolPreset(
    id: "express-gateway", title: "Express Gateway",
    knobs: [
      Knob(
        "jwt", .flag, standard: .flag(false), source: "a policy, off until it is in a pipeline",
        "Whether the jwt policy stands in the pipeline."),
      Knob(
        "rate-limit", .flag, standard: .flag(false),
        source: "a policy, off until it is in a pipeline",
        "Whether the rate-limit policy stands in the pipeline."),
      Knob(
        "rate-limit.windowMs", .integer(1...86_400_000), standard: .integer(60_000),
        source: limiting, "The window in milliseconds."),
      Knob(
        "rate-limit.max", .integer(1...100_000), standard: .integer(5), source: limiting,
        "Requests in each window."),
    ],
    leavesOut: [
      "delayAfter and delayMs, which slow requests down before they are refused, are left out.",
      "The proxy policy's timeout is left out: the mechanism's minute is used.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.verifies = settings.flag("jwt")
    guard settings.flag("rate-limit") else { return design }
    var limit = RateLimiter.Options()
    limit.kind = .fixedWindow
    limit.rate = RateLimit(
      settings.integer("rate-limit.max"),
      per: .milliseconds(Int64(settings.integer("rate-limit.windowMs"))))
    design.limit = limit
    return design
  }
}

/// Amazon API Gateway under its own names.
enum AWSGateway {
  private static let limits =
    "github.com/awsdocs/amazon-api-gateway-developer-guide doc_source/limits.md @401d9df"
  private static let caching =
    "github.com/awsdocs/amazon-api-gateway-developer-guide doc_source/api-gateway-caching.md"
    + " @401d9df"

  static let tool = ToolPreset(
    id: "aws-api-gateway", title: "Amazon API Gateway",
    knobs: [
      Knob(
        "authorizer", .flag, standard: .flag(false), source: "none until one is attached",
        "Whether a JWT authorizer is attached."),
      Knob(
        "account.rateLimit", .integer(1...100_000), standard: .integer(10_000), source: limits,
        "Requests a second of the account in a region, all consumers together."),
      Knob(
        "account.burstLimit", .integer(1...100_000), standard: .integer(5_000), source: limits,
        "The tokens of the account's bucket."),
      Knob(
        "usagePlan.rateLimit", .integer(0...100_000), standard: .integer(0),
        source: "none until a usage plan is made",
        "Requests a second of each API key; 0 without a usage plan."),
      Knob(
        "usagePlan.burstLimit", .integer(1...100_000), standard: .integer(100),
        source: "ours: a usage plan has no default burst", "The tokens of a key's bucket."),
      Knob(
        "timeoutInMillis", .integer(50...29_000), standard: .integer(29_000), source: limits,
        "The longest wait for an integration."),
      Knob(
        "cacheClusterEnabled", .flag, standard: .flag(false), source: caching,
        "Whether the stage keeps answers."),
      Knob(
        "cacheTtlInSeconds", .integer(0...3_600), standard: .integer(300), source: caching,
        "How long they are kept."),
    ],
    leavesOut: [
      "Account and usage plan are one limit here, the plan's where there is one.",
      "AWS calls throttles targets and not ceilings; here they are exact.",
      "The limits are those of a copy of the guide from 2023.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.verifies = settings.flag("authorizer")
    let plan = settings.integer("usagePlan.rateLimit")
    var limit = RateLimiter.Options()
    limit.rate = RateLimit(
      plan > 0 ? plan : settings.integer("account.rateLimit"), per: .seconds(1))
    limit.burst =
      plan > 0 ? settings.integer("usagePlan.burstLimit") : settings.integer("account.burstLimit")
    design.limit = limit
    design.counting = plan > 0 ? .consumer : .everybody
    design.timeout = .milliseconds(Int64(settings.integer("timeoutInMillis")))
    if settings.flag("cacheClusterEnabled") {
      design.cache.life = .seconds(Int64(settings.integer("cacheTtlInSeconds")))
    }
    return design
  }
}
