import Kernel

/// Envoy's own defaults, for those who bring a control plane of their own.
enum EnvoyMesh {
  private static let api = "github.com/envoyproxy/data-plane-api @84e84367 envoy/config/"
  private static let cluster = api + "cluster/v3/cluster.proto"
  private static let outlier = api + "cluster/v3/outlier_detection.proto"
  private static let breaker = api + "cluster/v3/circuit_breaker.proto"
  private static let route = api + "route/v3/route_components.proto"

  static let tool = ToolPreset(
    id: "envoy", title: "Envoy",
    knobs: [
      Knob(
        "num_retries", .integer(0...10), standard: .integer(1), source: route,
        "Retries of a failed request, where a retry policy is configured."),
      Knob(
        "retry_on", .choice(["none", "connect-failure", "5xx"]), standard: .word("none"),
        source: route, "What is repeated; nothing without a retry policy."),
      Knob(
        "retry_budget", .flag, standard: .flag(false), source: breaker,
        "Whether a retry budget is configured; it takes the place of max_retries."),
      Knob(
        "budget_percent", .number(0...100, .count), standard: .number(20), source: breaker,
        "Retries in progress, in percent of requests in progress."),
      Knob(
        "min_retry_concurrency", .integer(0...1_000), standard: .integer(3), source: breaker,
        "Retries in progress that are always allowed."),
      Knob(
        "max_retries", .integer(0...100_000), standard: .integer(3), source: breaker,
        "Retries in progress at most, without a budget."),
      Knob(
        "max_requests", .integer(0...1_000_000), standard: .integer(1_024), source: breaker,
        "Requests under way to a cluster at most."),
      Knob(
        "outlier_detection", .flag, standard: .flag(false), source: cluster,
        "Whether outlier detection is configured at all."),
      Knob(
        "consecutive_5xx", .integer(1...1_000), standard: .integer(5), source: outlier,
        "Server errors in a row that eject a host."),
      Knob(
        "interval", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(10)),
        source: outlier, "The time between sweeps."),
      Knob(
        "base_ejection_time", .span(.milliseconds(1)...(.hours(1))),
        standard: .span(.seconds(30)), source: outlier, "The first ejection time."),
      Knob(
        "max_ejection_percent", .number(0...100, .count), standard: .number(10),
        source: outlier, "The most hosts that may be ejected, in percent."),
      Knob(
        "healthy_panic_threshold", .integer(0...100), standard: .integer(50), source: cluster,
        "Below this percentage of healthy hosts health is ignored."),
      Knob(
        "priority_by_zone", .flag, standard: .flag(false),
        source: "ours: Envoy takes priorities with the endpoints that it is given",
        "Whether endpoints of other zones are given a lower priority."),
      Knob(
        "overprovisioning_factor", .integer(100...1_000), standard: .integer(140),
        source: "envoyproxy.io/docs/envoy/latest/intro/arch_overview/upstream/"
          + "load_balancing/overprovisioning",
        "How much more than its share a level is taken to carry, in percent."),
    ],
    leavesOut: [
      "Certificates come over SDS from whoever runs Envoy; the mechanism's own life is used.",
      "Envoy rounds by round robin unless told otherwise; least_request is among its policies.",
    ])

  static func design(_ settings: Settings) -> MeshDesign {
    var design = MeshDesign()
    switch settings.word("retry_on") {
    case "none": break
    default:
      let isAll = settings.word("retry_on") == "5xx"
      design.retry = RetryPolicy(
        maxAttempts: settings.integer("num_retries") + 1, backoff: MeshDesign.envoyBackoff,
        retriable: isAll ? [.refused, .error, .timedOut] : [.refused])
    }
    design.outbound.budget =
      settings.flag("retry_budget")
      ? .concurrency(
        share: settings.number("budget_percent") / 100,
        minimum: settings.integer("min_retry_concurrency"))
      : .concurrency(share: 0, minimum: settings.integer("max_retries"))
    design.outbound.algorithm = .roundRobin
    design.outbound.maxRequests = settings.integer("max_requests")
    design.outbound.panicPercent = settings.integer("healthy_panic_threshold")
    design.outbound.overprovisioning = settings.integer("overprovisioning_factor")
    design.outbound.locality = settings.flag("priority_by_zone") ? .failover : .anywhere
    guard settings.flag("outlier_detection") else { return design }
    var options = OutlierDetector.Options()
    options.consecutive5xx = settings.integer("consecutive_5xx")
    options.interval = settings.span("interval")
    options.baseEjectionTime = settings.span("base_ejection_time")
    options.maxEjectionTime = max(options.maxEjectionTime, options.baseEjectionTime)
    options.maxEjectionPercent = settings.number("max_ejection_percent")
    options.enforcingSuccessRate = 0
    design.outbound.ejection = .outlier(options)
    return design
  }
}
