import Kernel

/// The mesh under plain names, as the drills use it.
enum PlainMesh {
  static let tool = ToolPreset(
    id: "plain", title: "The mechanism under plain names",
    knobs: certificates + retries + ejection + routing, leavesOut: [])

  private static let certificates = [
    Knob(
      "cert.life", .span(.seconds(1)...(.hours(24 * 365))), standard: .span(.hours(24)),
      source: "Istio SECRET_TTL and Linkerd issuanceLifetime: 24 h",
      "How long a workload's certificate counts."),
    Knob(
      "cert.grace", .number(0...0.99, .fraction), standard: .number(0.5),
      source: "Istio SECRET_GRACE_PERIOD_RATIO: 0.5",
      "The share of its life that a certificate has left when the next one is asked for."),
    Knob(
      "mtls", .choice(["permissive", "strict"]), standard: .word("permissive"),
      source: "Istio PeerAuthentication: PERMISSIVE",
      "Whether sidecars take plaintext besides mutual TLS."),
  ]

  private static let retries = [
    Knob(
      "retry.mesh", .integer(0...10), standard: .integer(2),
      source: "Istio defaultHttpRetryPolicy: attempts 2",
      "How often a sidecar repeats a failed call, the first one not counted."),
    Knob(
      "retry.on", .choice(["refused", "5xx"]), standard: .word("refused"),
      source: "Istio: connect-failure,refused-stream,unavailable,cancelled",
      "What a sidecar repeats: calls that were refused before any work, or all errors and timeouts."
    ),
    Knob(
      "retry.budget", .choice(["none", "share"]), standard: .word("none"),
      source: "Envoy: no retry budget unless one is configured",
      "Whether the retries of a sidecar in progress are bound to a share of its calls in progress."
    ),
    Knob(
      "retry.budget.share", .number(0...1, .fraction), standard: .number(0.2),
      source: "Envoy budget_percent: 20 %", "That share."),
    Knob(
      "retry.budget.minimum", .integer(0...100), standard: .integer(3),
      source: "Envoy min_retry_concurrency: 3", "Retries in progress that are always allowed."),
  ]

  private static let ejection = [
    Knob(
      "eject", .choice(["off", "outlier", "accrual"]), standard: .word("off"),
      source: "Istio, Linkerd: off unless configured",
      "How single endpoints are taken out: not, like Envoy, or like Linkerd."),
    Knob(
      "eject.errors", .integer(1...1_000), standard: .integer(5),
      source: "Envoy consecutive_5xx: 5", "Errors in a row that take an endpoint out."),
    Knob(
      "eject.base", .span(.milliseconds(100)...(.hours(1))), standard: .span(.seconds(30)),
      source: "Envoy base_ejection_time: 30 s",
      "How long it is out the first time; the first penalty with accrual."),
    Knob(
      "eject.interval", .span(.milliseconds(100)...(.hours(1))), standard: .span(.seconds(10)),
      source: "Envoy interval: 10 s", "How often it is looked whether endpoints may come back."),
    Knob(
      "eject.percent", .number(0...100, .count), standard: .number(10),
      source: "Envoy max_ejection_percent: 10",
      "The most endpoints that may be out, in percent of all (outlier)."),
    Knob(
      "panic", .integer(0...100), standard: .integer(50),
      source: "Envoy healthy_panic_threshold: 50",
      "Below this percentage of healthy endpoints health is ignored; 0 for never."),
  ]

  private static let routing = [
    Knob(
      "balance", .choice(["round-robin", "least-request", "peak-ewma"]),
      standard: .word("least-request"), source: "Istio: LEAST_REQUEST",
      "How a sidecar chooses among endpoints."),
    Knob(
      "locality", .choice(["anywhere", "failover"]), standard: .word("anywhere"),
      source: "Envoy: one priority level unless endpoints are given priorities",
      "Whether requests go to all zones alike, or to the own zone while it is healthy."),
    Knob(
      "overprovision", .integer(100...1_000), standard: .integer(140),
      source: "Envoy overprovisioning_factor: 140",
      "How much more than its share a zone is taken to carry, in percent."),
    Knob(
      "max.requests", .integer(0...1_000_000), standard: .integer(1_024),
      source: "Envoy max_requests: 1,024",
      "The most requests that a sidecar has under way to a service; 0 for no limit."),
  ]

  static func design(_ settings: Settings) -> MeshDesign {
    var design = MeshDesign()
    design.certificateLife = settings.span("cert.life")
    design.agent.grace = settings.number("cert.grace")
    design.mode = PeerMode(rawValue: settings.word("mtls")) ?? .permissive
    let on: CallFailures =
      settings.word("retry.on") == "5xx" ? [.refused, .error, .timedOut] : [.refused]
    design.retry = RetryPolicy(
      maxAttempts: settings.integer("retry.mesh") + 1, backoff: MeshDesign.envoyBackoff,
      retriable: on)
    if settings.word("retry.budget") == "share" {
      design.outbound.budget = .concurrency(
        share: settings.number("retry.budget.share"),
        minimum: settings.integer("retry.budget.minimum"))
    }
    design.outbound.ejection = ejection(settings)
    design.outbound.panicPercent = settings.integer("panic")
    design.outbound.algorithm =
      BalancingAlgorithm(rawValue: settings.word("balance")) ?? .leastRequest
    design.outbound.locality =
      OutboundProxy.Locality(rawValue: settings.word("locality")) ?? .anywhere
    design.outbound.overprovisioning = settings.integer("overprovision")
    design.outbound.maxRequests = settings.integer("max.requests")
    return design
  }

  private static func ejection(_ settings: Settings) -> OutboundProxy.Ejection {
    switch settings.word("eject") {
    case "outlier":
      var options = OutlierDetector.Options()
      options.consecutive5xx = settings.integer("eject.errors")
      options.baseEjectionTime = settings.span("eject.base")
      options.maxEjectionTime = max(options.maxEjectionTime, options.baseEjectionTime)
      options.interval = settings.span("eject.interval")
      options.maxEjectionPercent = settings.number("eject.percent")
      // Rates are compared only where hosts get 100 calls an interval; drills look at rows of errors.
      options.enforcingSuccessRate = 0
      return .outlier(options)
    case "accrual":
      var options = FailureAccrual.Options()
      options.maxFailures = settings.integer("eject.errors")
      options.minPenalty = settings.span("eject.base")
      options.maxPenalty = max(options.maxPenalty, options.minPenalty)
      return .accrual(options)
    default: return .none
    }
  }
}
