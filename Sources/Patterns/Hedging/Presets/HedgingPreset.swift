import Kernel

/// Hedged requests as some tools send them, under their own names.
public enum HedgingPreset: String, Hashable, PresetTable {
  /// gRPC's hedging policy of a service config.
  case grpc
  /// Envoy's hedge policy of a route.
  case envoy
  /// Cassandra's speculative retry of a table.
  case cassandra
  /// Polly 8 hedging strategy.
  case polly

  /// A wait that no call outlasts: no copy is sent for slowness.
  static let never = TimeSpan.hours(24)

  /// The row of the tool.
  public var row: PresetRow<Hedger.Options> {
    switch self {
    case .grpc: Self.grpcRow
    case .envoy: Self.envoyRow
    case .cassandra: Self.cassandraRow
    case .polly: Self.pollyRow
    }
  }

  private static let grpcSource =
    "github.com/grpc/grpc.io content/en/docs/guides/request-hedging.md @1d198c20"

  private static let grpcRow = PresetRow(
    "gRPC hedgingPolicy",
    knobs: [
      Knob(
        "maxAttempts", .integer(2...10), standard: .integer(2),
        source: grpcSource + ": required, without a default; above 5 it counts as 5",
        "Copies in all, the first included."),
      Knob(
        "hedgingDelay", .span(.zero...(.seconds(60))), standard: .span(.zero),
        source: grpcSource + ": unspecified, all are sent at once", "The wait before each copy."),
      Knob(
        "nonFatalStatusCodes", .choice(["none", "UNAVAILABLE"]), standard: .word("none"),
        source: grpcSource + ": optional, empty",
        "Statuses upon which the next copy is sent at once; any other ends the call."),
    ],
    leavesOut: [
      "retryThrottling and the pushback of servers are left out.",
      "Copies that fail do so with UNAVAILABLE.",
    ]
  ) { settings in
    Hedger.Options(
      delay: .fixed(settings.span("hedgingDelay")),
      maxHedges: min(5, settings.integer("maxAttempts")) - 1,
      isFailureFinal: settings.word("nonFatalStatusCodes") == "none")
  }

  private static let envoySource =
    "github.com/envoyproxy/envoy source/common/router/config_impl.cc: HedgePolicyImpl"
  private static let routeSource =
    "github.com/envoyproxy/data-plane-api envoy/config/route/v3/route_components.proto"

  private static let envoyRow = PresetRow(
    "Envoy hedge_policy",
    knobs: [
      Knob(
        "hedge_on_per_try_timeout", .flag, standard: .flag(false), source: envoySource,
        "Whether a try that times out goes on while the next one is sent."),
      Knob(
        "per_try_timeout", .span(.zero...(.hours(1))), standard: .span(.zero), source: routeSource,
        "The time after which a try has timed out; 0s for none."),
      Knob(
        "num_retries", .integer(0...10), standard: .integer(1), source: routeSource,
        "The most further tries."),
    ],
    leavesOut: [
      "initial_requests and additional_request_chance are in the API and not implemented in Envoy.",
      "retry_on is taken to include what fails and what times out; back-off is left out.",
    ]
  ) { settings in
    let timeout = settings.span("per_try_timeout")
    let isOn = settings.flag("hedge_on_per_try_timeout") && timeout > .zero
    return Hedger.Options(
      delay: .fixed(isOn ? timeout : never), maxHedges: settings.integer("num_retries"),
      isFailureFinal: false)
  }

  private static let cassandraSource =
    "github.com/apache/cassandra src/java/org/apache/cassandra/schema/TableParams.java"

  private static let cassandraRow = PresetRow(
    "Cassandra speculative_retry",
    knobs: [
      Knob(
        "speculative_retry", .choice(["99p", "95p", "50ms", "ALWAYS", "NEVER"]),
        standard: .word("99p"), source: cassandraSource,
        "When a read asks one more replica: after a percentile of the table's reads, after a time, "
          + "at once, or not.")
    ],
    leavesOut: [
      "A coordinator asks as many replicas as the consistency level needs; here it is one.",
      "Other percentiles and times, and MIN and MAX of two, are left out.",
    ]
  ) { settings in
    let delay: Hedger.Options.Delay =
      switch settings.word("speculative_retry") {
      case "99p": .quantile(0.99)
      case "95p": .quantile(0.95)
      case "50ms": .fixed(.milliseconds(50))
      case "ALWAYS": .fixed(.zero)
      default: .fixed(never)
      }
    return Hedger.Options(delay: delay, maxHedges: 1, isFailureFinal: false)
  }

  private static let pollySource =
    "github.com/App-vNext/Polly src/Polly.Core/Hedging/HedgingStrategyOptions.TResult.cs @243b0443"

  private static let pollyRow = PresetRow(
    "Polly 8 hedging strategy",
    knobs: [
      Knob(
        "Delay", .span(.zero...(.minutes(10))), standard: .span(.seconds(2)), source: pollySource,
        "The wait before each hedged call; 0s sends all at once."),
      Knob(
        "MaxHedgedAttempts", .integer(1...10), standard: .integer(1), source: pollySource,
        "Hedged calls besides the first."),
    ], leavesOut: ["DelayGenerator and ActionGenerator are left out: every copy is the same call."]
  ) { settings in
    Hedger.Options(
      delay: .fixed(settings.span("Delay")), maxHedges: settings.integer("MaxHedgedAttempts"),
      isFailureFinal: false)
  }
}
