import Kernel

/// The outlier detection of Envoy under its own names.
///
/// The limit on ejected hosts is that of today's Envoy: the host about to go is counted in, so that
/// 10 % of nine hosts allows none. Before `always_eject_one_host` existed, one could always go.
public enum EnvoyOutlierDetection {
  private static let proto =
    "github.com/envoyproxy/envoy api/envoy/config/cluster/v3/outlier_detection.proto"

  /// The knobs with their defaults and what the preset leaves out.
  public static let tool = ToolPreset(
    id: "envoy", title: "Envoy outlier detection",
    knobs: consecutiveKnobs + timeKnobs + rateKnobs + enforcingKnobs,
    leavesOut: [
      "Errors of local origin are mapped to gateway errors, as when "
        + "split_external_local_origin_errors is off.",
      "Active health checks, and what a successful one does to an ejected host, are left out.",
      "Worker threads that report with a delay are left out: an ejection takes effect at once.",
    ])

  private static let consecutiveKnobs = [
    Knob(
      "consecutive_5xx", .integer(1...10_000), standard: .integer(5), source: proto,
      "Server errors in a row before a host is ejected."),
    Knob(
      "consecutive_gateway_failure", .integer(1...10_000), standard: .integer(5),
      source: proto, "Gateway errors in a row before a host is ejected."),
    Knob(
      "max_ejection_percent", .number(0...100, .count), standard: .number(10), source: proto,
      "The most hosts that may be ejected, in percent of the cluster."),
    Knob(
      "always_eject_one_host", .flag, standard: .flag(false), source: proto,
      "Whether one host may be ejected whatever the percentage says."),
  ]

  private static let timeKnobs = [
    Knob(
      "interval", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(10)),
      source: proto, "The time between sweeps, which judge rates and let hosts back."),
    Knob(
      "base_ejection_time", .span(.milliseconds(1)...(.hours(1))), standard: .span(.seconds(30)),
      source: proto, "The ejection time, times the host's multiplier."),
    Knob(
      "max_ejection_time", .span(.milliseconds(1)...(.hours(24))),
      standard: .span(.seconds(300)), source: proto,
      "The longest ejection time; the base when that is longer."),
    Knob(
      "max_ejection_time_jitter", .span(.zero...(.hours(1))), standard: .span(.zero),
      source: proto, "The most that chance adds to an ejection time."),
  ]

  private static let rateKnobs = [
    Knob(
      "success_rate_minimum_hosts", .integer(0...10_000), standard: .integer(5), source: proto,
      "Hosts with enough requests that are needed to compare success rates."),
    Knob(
      "success_rate_request_volume", .integer(0...1_000_000), standard: .integer(100),
      source: proto, "Requests a host needs in an interval to be compared."),
    Knob(
      "success_rate_stdev_factor", .integer(0...100_000), standard: .integer(1_900),
      source: proto, "Thousandths of a standard deviation below the mean that make an outlier."),
    Knob(
      "failure_percentage_threshold", .number(0...100, .count), standard: .number(85),
      source: proto, "The failure percentage that makes an outlier when it is reached."),
    Knob(
      "failure_percentage_minimum_hosts", .integer(0...10_000), standard: .integer(5),
      source: proto, "Hosts with enough requests that are needed to judge failure percentages."),
    Knob(
      "failure_percentage_request_volume", .integer(0...1_000_000), standard: .integer(50),
      source: proto, "Requests a host needs in an interval for its failure percentage to count."),
  ]

  private static let enforcingKnobs = [
    Knob(
      "enforcing_consecutive_5xx", .number(0...100, .count), standard: .number(100),
      source: proto, "The chance in percent that consecutive 5xx eject."),
    Knob(
      "enforcing_consecutive_gateway_failure", .number(0...100, .count), standard: .number(0),
      source: proto, "The chance in percent that consecutive gateway failures eject."),
    Knob(
      "enforcing_success_rate", .number(0...100, .count), standard: .number(100), source: proto,
      "The chance in percent that a low success rate ejects."),
    Knob(
      "enforcing_failure_percentage", .number(0...100, .count), standard: .number(0),
      source: proto, "The chance in percent that a high failure percentage ejects."),
  ]

  /// The detector that `settings` describe; they must hold the knobs of `tool`.
  public static func options(_ settings: Settings) -> OutlierDetector.Options {
    var options = OutlierDetector.Options()
    options.consecutive5xx = settings.integer("consecutive_5xx")
    options.consecutiveGatewayFailure = settings.integer("consecutive_gateway_failure")
    options.maxEjectionPercent = settings.number("max_ejection_percent")
    options.alwaysEjectOneHost = settings.flag("always_eject_one_host")
    options.interval = settings.span("interval")
    options.baseEjectionTime = settings.span("base_ejection_time")
    options.maxEjectionTime = max(settings.span("max_ejection_time"), options.baseEjectionTime)
    options.maxEjectionTimeJitter = settings.span("max_ejection_time_jitter")
    options.successRateMinimumHosts = settings.integer("success_rate_minimum_hosts")
    options.successRateRequestVolume = settings.integer("success_rate_request_volume")
    options.successRateStdevFactor = Double(settings.integer("success_rate_stdev_factor"))
    options.failurePercentageThreshold = settings.number("failure_percentage_threshold")
    options.failurePercentageMinimumHosts = settings.integer("failure_percentage_minimum_hosts")
    options.failurePercentageRequestVolume =
      settings.integer("failure_percentage_request_volume")
    options.enforcingConsecutive5xx = settings.number("enforcing_consecutive_5xx")
    options.enforcingConsecutiveGatewayFailure =
      settings.number("enforcing_consecutive_gateway_failure")
    options.enforcingSuccessRate = settings.number("enforcing_success_rate")
    options.enforcingFailurePercentage = settings.number("enforcing_failure_percentage")
    return options
  }
}
