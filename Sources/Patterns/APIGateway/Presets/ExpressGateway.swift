import Kernel

/// Express Gateway under its own names.
enum ExpressGateway {
  private static let limiting =
    "github.com/ExpressGateway/express-gateway lib/policies/rate-limit/index.js @a294cac"

  private static let jwt =
    "github.com/ExpressGateway/express-gateway lib/policies/jwt/index.js @028c293"

  static let tool = ToolPreset(
    id: "express-gateway", title: "Express Gateway",
    knobs: [
      Knob(
        "jwt", .flag, standard: .flag(false), source: "a policy, off until it is in a pipeline",
        "Whether the jwt policy stands in the pipeline."),
      Knob(
        "jwt.secretOrPublicKey", .choice(["secret", "publicKey"]), standard: .word("secret"),
        source: "ours: the policy wants secretOrPublicKey or secretOrPublicKeyFile; " + jwt,
        "What tokens are verified with: a secret for HS256, or an RSA public key for RS256."),
      Knob(
        "jwt.audience", .choice(["unset", "api.shop"]), standard: .word("unset"), source: jwt,
        "The audience that tokens must be for; it is not looked at while it is unset."),
      Knob(
        "jwt.issuer", .choice(["unset", "https://id.shop"]), standard: .word("unset"),
        source: jwt, "The issuer that tokens must come from; not looked at while it is unset."),
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
      "checkCredentialExistence (true) looks up the credential that sub names; here sub must name a "
        + "consumer.",
      "The policy has its key in the configuration and fetches none; here keys come from the issuer.",
      "The proxy policy's timeout is left out: the mechanism's minute is used.",
    ])

  static func design(_ settings: Settings) -> GatewayDesign {
    var design = GatewayDesign()
    design.signs = settings.word("jwt.secretOrPublicKey") == "secret" ? .hs256 : .rs256
    if settings.flag("jwt") {
      let (audience, issuer) = (settings.word("jwt.audience"), settings.word("jwt.issuer"))
      design.verifier?.algorithms = [design.signs]
      design.verifier?.audience = audience == "unset" ? nil : audience
      design.verifier?.issuer = issuer == "unset" ? nil : issuer
    } else {
      design.verifier = nil
    }
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
