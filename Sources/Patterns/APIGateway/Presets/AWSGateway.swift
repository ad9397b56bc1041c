import Kernel

/// Amazon API Gateway under its own names.
enum AWSGateway {
  private static let limits =
    "github.com/awsdocs/amazon-api-gateway-developer-guide doc_source/limits.md @401d9df"
  private static let caching =
    "github.com/awsdocs/amazon-api-gateway-developer-guide doc_source/api-gateway-caching.md"
    + " @401d9df"

  private static let jwt =
    "docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html"

  static let tool = ToolPreset(
    id: "aws-api-gateway", title: "Amazon API Gateway",
    knobs: [
      Knob(
        "authorizer", .flag, standard: .flag(false), source: "none until one is attached; " + jwt,
        "Whether a JWT authorizer of an HTTP API is attached: RSA only, kid, iss, aud, exp, nbf."),
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
      "Of the RSA algorithms there is RS256; scopes, client_id and iat are left out.",
      "The guide says that a public key can be cached for two hours; whether an unknown kid makes the "
        + "authorizer ask sooner it does not say, and here it does not.",
      "The authorizer is that of HTTP APIs, limits and cache are those of REST APIs; these have JWT "
        + "authorizers of their own, for algorithms that you allow.",
      "Account and usage plan are one limit here, the plan's where there is one.",
      "AWS calls throttles targets and not ceilings; here they are exact.",
      "The limits are those of a copy of the guide from 2023.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.signs = .rs256
    if settings.flag("authorizer") {
      design.verifier?.algorithms = [.rs256]
      design.verifier?.issuer = GatewayPreset.issuer
      design.verifier?.audience = GatewayPreset.audience
      design.keys.life = .hours(2)
      design.keys.fetchesUnknown = false
    } else {
      design.verifier = nil
    }
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
