import Kernel

/// nginx as a gateway, under its own names.
enum NginxGateway {
  private static let proxy =
    "github.com/nginx/nginx.org xml/en/docs/http/ngx_http_proxy_module.xml"
    + " @3924a7f8"
  private static let upstream =
    "github.com/nginx/nginx.org xml/en/docs/http/ngx_http_upstream_module.xml @3924a7f8"
  private static let jwt =
    "nginx.org/en/docs/http/ngx_http_auth_jwt_module.html: HS256 to HS512, RS256 to RS512, ES256 to "
    + "ES512, EdDSA, and PS256 to PS512 from 1.29.0; commercial subscription"
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
        "auth_jwt", .flag, standard: .flag(false), source: jwt,
        "Whether tokens are looked at (commercial version)."),
      Knob(
        "auth_jwt_leeway", .span(.zero...(.minutes(10))), standard: .span(.zero), source: jwt,
        "How far apart clocks may be in exp and nbf."),
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
      "auth_jwt_key_request asks for the key set with each request unless proxy_cache keeps it; here "
        + "it is kept for five minutes.",
      "aud and iss are looked at only with auth_jwt_require, which is left out.",
      "limit_req counts by a key of your own, an address as a rule; here it is the consumer, and a "
        + "request that it would delay goes on at once.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    if settings.flag("auth_jwt") {
      design.verifier?.algorithms = SigningAlgorithm.allCases
      design.verifier?.leeway = settings.span("auth_jwt_leeway")
    } else {
      design.verifier = nil
    }
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
