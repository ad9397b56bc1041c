import Kernel

/// A cluster of Envoy.
enum EnvoyBalancing {
  private static let cluster = "github.com/envoyproxy/data-plane-api cluster.proto @84e84367"
  private static let outlier =
    "github.com/envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto"

  static let tool = ToolPreset(
    id: BalancerPreset.envoy.rawValue, title: "Envoy cluster", knobs: knobs,
    leavesOut: [
      "ROUND_ROBIN keeps Envoy's shares but orders weighted hosts as nginx does.",
      "Localities, priorities and zone-aware routing (from 6 hosts on) are left out.",
      "Envoy has no default for unhealthy_threshold and healthy_threshold: 3 and 2 are ours.",
      "Retries are a matter of the route and are left out.",
      "Of outlier detection only consecutive_5xx is here; the circuit breaker's bench has it all.",
    ])

  private static let knobs = [
    Knob(
      "lb_policy", .choice(["ROUND_ROBIN", "LEAST_REQUEST", "RANDOM", "RING_HASH", "MAGLEV"]),
      standard: .word("ROUND_ROBIN"), source: cluster, "How a host is chosen."),
    Knob(
      "choice_count", .integer(2...100), standard: .integer(2), source: cluster,
      "For LEAST_REQUEST with equal weights: hosts drawn, of which the least loaded is taken."),
    Knob(
      "healthy_panic_threshold", .integer(0...100), standard: .integer(50), source: cluster,
      "Below this percentage of healthy hosts, health is ignored; 0: never."),
    Knob(
      "slow_start_window", .span(.zero...(.hours(1))), standard: .span(.zero), source: cluster,
      "How long the weight of a new host is brought up."),
    Knob(
      "aggression", .number(0.1...100, .ratio), standard: .number(1), source: cluster,
      "1: the weight rises evenly; above: sooner."),
    Knob(
      "min_weight_percent", .integer(1...100), standard: .integer(10), source: cluster,
      "The weight that a new host has at least, in percent of its own."),
    Knob(
      "minimum_ring_size", .integer(1...8_388_608), standard: .integer(1_024), source: cluster,
      "For RING_HASH: the fewest points on the ring."),
    Knob(
      "outlier_detection", .flag, standard: .flag(false), source: outlier,
      "Whether hosts are ejected for what live requests tell."),
    Knob(
      "consecutive_5xx", .integer(1...1_000), standard: .integer(5), source: outlier,
      "Errors in a row that eject a host."),
    Knob(
      "base_ejection_time", .span(.seconds(1)...(.hours(1))), standard: .span(.seconds(30)),
      source: outlier, "How long, times how often the host was ejected."),
    Knob(
      "max_ejection_percent", .integer(0...100), standard: .integer(10), source: outlier,
      "The most hosts that may be ejected."),
    Knob(
      "always_eject_one_host", .flag, standard: .flag(false), source: outlier,
      "Whether one host may be ejected whatever the percentage says."),
    Knob(
      "unhealthy_threshold", .integer(1...100), standard: .integer(3),
      "Failed probes in a row that take a host out."),
    Knob(
      "healthy_threshold", .integer(1...100), standard: .integer(2),
      "Good probes in a row that bring it back."),
  ]

  static func setup(_ settings: Settings) -> BalancerSetup {
    var setup = BalancerSetup()
    switch settings.word("lb_policy") {
    case "LEAST_REQUEST": setup.algorithm = .leastRequest
    case "RANDOM": setup.algorithm = .weightedRandom
    case "RING_HASH": setup.algorithm = .ringHash
    case "MAGLEV": setup.algorithm = .maglev
    default: setup.algorithm = .weightedRoundRobin
    }
    setup.options.choices = settings.integer("choice_count")
    setup.options.panicPercent = settings.integer("healthy_panic_threshold")
    setup.options.slowStart = settings.span("slow_start_window")
    setup.options.ramp = .curve(
      aggression: settings.number("aggression"),
      floorPercent: settings.integer("min_weight_percent"))
    setup.options.ring = .total(
      minimum: settings.integer("minimum_ring_size"), maximum: 8_388_608)
    setup.fall = settings.integer("unhealthy_threshold")
    setup.rise = settings.integer("healthy_threshold")
    setup.rule.statuses = [500, 502, 503, 504]
    guard settings.flag("outlier_detection") else { return setup }
    var outliers = OutlierDetector.Options()
    outliers.consecutive5xx = settings.integer("consecutive_5xx")
    outliers.baseEjectionTime = settings.span("base_ejection_time")
    outliers.maxEjectionTime = max(outliers.maxEjectionTime, outliers.baseEjectionTime)
    outliers.maxEjectionPercent = Double(settings.integer("max_ejection_percent"))
    outliers.alwaysEjectOneHost = settings.flag("always_eject_one_host")
    setup.outliers = outliers
    return setup
  }
}
