import Kernel

/// Linkerd 2 under its own names.
enum LinkerdMesh {
  private static let values =
    "github.com/linkerd/linkerd2 charts/linkerd-control-plane/values.yaml @01d1e4646ce4"
  private static let breaking =
    "github.com/linkerd/website linkerd.io/content/2.19 reference/circuit-breaking.md @93f00175"
  private static let retries =
    "github.com/linkerd/website linkerd.io/content/2.19 reference/retries.md @93f00175"

  static let tool = ToolPreset(
    id: "linkerd", title: "Linkerd 2",
    knobs: [
      Knob(
        "identity.issuer.issuanceLifetime", .span(.seconds(1)...(.hours(24 * 365))),
        standard: .span(.hours(24)), source: values, "How long a proxy's certificate counts."),
      Knob(
        "identity.issuer.clockSkewAllowance", .span(.zero...(.hours(1))),
        standard: .span(.seconds(20)), source: values,
        "How far a certificate is dated back for clocks that lag."),
      Knob(
        "proxy.defaultInboundPolicy", .choice(["all-unauthenticated", "all-authenticated"]),
        standard: .word("all-unauthenticated"), source: values,
        "Whether proxies take connections that are not meshed."),
      Knob(
        "retry.linkerd.io/http", .choice(["off", "5xx"]), standard: .word("off"),
        source: retries, "Whether and what is repeated."),
      Knob(
        "retry.linkerd.io/limit", .integer(0...10), standard: .integer(1), source: retries,
        "How often a request is repeated."),
      Knob(
        "balancer.linkerd.io/failure-accrual", .choice(["off", "consecutive"]),
        standard: .word("off"), source: breaking, "Whether endpoints are taken out at all."),
      Knob(
        "failure-accrual-consecutive-max-failures", .integer(1...1_000), standard: .integer(7),
        source: breaking, "Failures in a row that take an endpoint out."),
      Knob(
        "failure-accrual-consecutive-min-penalty", .span(.milliseconds(1)...(.hours(1))),
        standard: .span(.seconds(1)), source: breaking, "The first penalty."),
      Knob(
        "failure-accrual-consecutive-max-penalty", .span(.milliseconds(1)...(.hours(1))),
        standard: .span(.minutes(1)), source: breaking, "The longest penalty."),
      Knob(
        "failure-accrual-consecutive-jitter-ratio", .number(0...100, .ratio),
        standard: .number(0.5), source: breaking,
        "The share of the penalty that chance may add."),
    ],
    leavesOut: [
      "The share of its life at which a proxy renews its certificate is not among Linkerd's "
        + "parameters; the mechanism's own half is used.",
      "The time without a ready endpoint before requests fail at once is left out: they fail at "
        + "once.",
      "Multicluster gateways and HTTPRoute policies are left out.",
    ])

  static func design(_ settings: Settings) -> MeshDesign {
    var design = MeshDesign()
    design.certificateLife = settings.span("identity.issuer.issuanceLifetime")
    design.backdate = settings.span("identity.issuer.clockSkewAllowance")
    design.mode =
      settings.word("proxy.defaultInboundPolicy") == "all-authenticated" ? .strict : .permissive
    if settings.word("retry.linkerd.io/http") == "5xx" {
      design.retry = RetryPolicy(
        maxAttempts: settings.integer("retry.linkerd.io/limit") + 1,
        backoff: Backoff(growth: .none, base: .zero), retriable: [.refused, .error])
    }
    design.outbound.algorithm = .peakEWMA
    design.outbound.panicPercent = 0
    design.outbound.maxRequests = 0
    guard settings.word("balancer.linkerd.io/failure-accrual") == "consecutive" else {
      return design
    }
    var options = FailureAccrual.Options()
    options.maxFailures = settings.integer("failure-accrual-consecutive-max-failures")
    options.minPenalty = settings.span("failure-accrual-consecutive-min-penalty")
    options.maxPenalty = max(
      options.minPenalty, settings.span("failure-accrual-consecutive-max-penalty"))
    options.jitterRatio = settings.number("failure-accrual-consecutive-jitter-ratio")
    design.outbound.ejection = .accrual(options)
    return design
  }
}
