import Kernel

/// Istio under its own names.
enum IstioMesh {
  private static let agent =
    "github.com/istio/istio pilot/cmd/pilot-agent/options/options.go @0098d99f8e43"
  private static let tuning = "github.com/istio/istio pilot/pkg/features/tuning.go @515a7be09fa8"
  private static let rule =
    "github.com/istio/api networking/v1alpha3/destination_rule.proto @b8f8791d9"
  private static let service =
    "github.com/istio/api networking/v1alpha3/virtual_service.proto @b8f8791d9"

  static let tool = ToolPreset(
    id: "istio", title: "Istio",
    knobs: [
      Knob(
        "SECRET_TTL", .span(.seconds(1)...(.hours(24 * 365))), standard: .span(.hours(24)),
        source: agent, "The life that a sidecar's agent asks for."),
      Knob(
        "SECRET_GRACE_PERIOD_RATIO", .number(0...0.99, .ratio), standard: .number(0.5),
        source: agent, "The share of its life that a certificate has left when it is replaced."),
      Knob(
        "PILOT_DEBOUNCE_AFTER", .span(.zero...(.minutes(10))),
        standard: .span(.milliseconds(100)), source: tuning,
        "How long it must be quiet before a change is pushed."),
      Knob(
        "PILOT_DEBOUNCE_MAX", .span(.zero...(.minutes(10))), standard: .span(.seconds(10)),
        source: tuning, "How long a change waits for quiet at most."),
      Knob(
        "mtls.mode", .choice(["PERMISSIVE", "STRICT"]), standard: .word("PERMISSIVE"),
        source: "istio.io/latest/docs/reference/config/security/peer_authentication",
        "Which connections sidecars take."),
      Knob(
        "retries.attempts", .integer(0...10), standard: .integer(2), source: service,
        "Retries of a failed request."),
      Knob(
        "retries.retryOn",
        .choice(["connect-failure,refused-stream,unavailable,cancelled", "5xx"]),
        standard: .word("connect-failure,refused-stream,unavailable,cancelled"), source: service,
        "What is repeated."),
      Knob(
        "outlierDetection", .flag, standard: .flag(false), source: rule,
        "Whether a destination rule configures outlier detection at all."),
      Knob(
        "consecutive5xxErrors", .integer(1...1_000), standard: .integer(5), source: rule,
        "Server errors in a row that eject an endpoint."),
      Knob(
        "interval", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(10)),
        source: rule, "The time between sweeps."),
      Knob(
        "baseEjectionTime", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(30)),
        source: rule, "The first ejection time."),
      Knob(
        "maxEjectionPercent", .number(0...100, .count), standard: .number(10), source: rule,
        "The most endpoints that may be out, in percent."),
      Knob(
        "minHealthPercent", .integer(0...100), standard: .integer(0), source: rule,
        "Below this percentage of healthy endpoints health is ignored; 0 for never."),
      Knob(
        "localityLbSetting.enabled", .flag, standard: .flag(true),
        source: "istio.io/v1.3/docs/ops/traffic-management/locality-load-balancing",
        "Whether the own zone comes first; it takes outlier detection to have an effect."),
      Knob(
        "http2MaxRequests", .integer(0...Int(UInt32.max)), standard: .integer(Int(UInt32.max)),
        source: rule, "The most requests under way to a service."),
    ],
    leavesOut: [
      "Subzones and regions are left out: a zone is the own one or another.",
      "Ambient mode, which has no sidecars, is left out.",
    ])

  static func design(_ settings: Settings) -> MeshDesign {
    var design = MeshDesign()
    design.certificateLife = settings.span("SECRET_TTL")
    design.agent.grace = settings.number("SECRET_GRACE_PERIOD_RATIO")
    design.control.debounceAfter = settings.span("PILOT_DEBOUNCE_AFTER")
    design.control.debounceMax = settings.span("PILOT_DEBOUNCE_MAX")
    design.mode = settings.word("mtls.mode") == "STRICT" ? .strict : .permissive
    let isAll = settings.word("retries.retryOn") == "5xx"
    design.retry = RetryPolicy(
      maxAttempts: settings.integer("retries.attempts") + 1, backoff: MeshDesign.envoyBackoff,
      retriable: isAll ? [.refused, .error, .timedOut] : [.refused])
    design.outbound.algorithm = .leastRequest
    design.outbound.panicPercent = settings.integer("minHealthPercent")
    design.outbound.maxRequests = settings.integer("http2MaxRequests")
    guard settings.flag("outlierDetection") else { return design }
    var options = OutlierDetector.Options()
    options.consecutive5xx = settings.integer("consecutive5xxErrors")
    options.interval = settings.span("interval")
    options.baseEjectionTime = settings.span("baseEjectionTime")
    options.maxEjectionTime = max(options.maxEjectionTime, options.baseEjectionTime)
    options.maxEjectionPercent = settings.number("maxEjectionPercent")
    options.enforcingSuccessRate = 0
    design.outbound.ejection = .outlier(options)
    design.outbound.locality = settings.flag("localityLbSetting.enabled") ? .failover : .anywhere
    return design
  }
}
