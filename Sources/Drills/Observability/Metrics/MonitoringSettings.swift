import Kernel
import Patterns

/// The settings of the alert, read once; those of the service are `ServiceSettings`.
struct MonitoringSettings: Sendable {
  /// What the alert looks at.
  enum Signal: String, CaseIterable, Sendable {
    case errors, burn
    case trafficRaw = "traffic-raw"
    case trafficRate = "traffic-rate"
    case latencyMean = "latency-mean"
    case latencyMeanOfP99 = "latency-mean-of-p99"
    case latencyP99 = "latency-p99"

    /// What it asks of the service.
    var query: ServiceQuery {
      switch self {
      case .errors, .burn: .errors
      case .trafficRaw: .trafficRaw
      case .trafficRate: .trafficRate
      case .latencyMean: .latencyMean
      case .latencyMeanOfP99: .latencyMeanOfP99
      case .latencyP99: .latencyP99
      }
    }
  }

  let signal: Signal
  let bounds: ServiceBounds
  let hasUpAlert: Bool
  let evaluateEvery: TimeSpan
  let window: TimeSpan
  let wait: TimeSpan
  let keepFiring: TimeSpan
  let slo: Double
  let burnFactor: Double
  let burnLong: TimeSpan
  let burnShort: TimeSpan
  let hasSlowBurn: Bool
  let slowFactor: Double
  let shortcut: MonitoringShortcut?

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(MonitoringShortcut.init(rawValue:))
    signal = Signal(rawValue: settings.word("alert")) ?? .errors
    bounds = ServiceBounds(settings)
    hasUpAlert = settings.flag("up.alert")
    evaluateEvery = settings.span("evaluation.interval")
    window = settings.span("window")
    wait = settings.span("for")
    keepFiring = settings.span("keep.firing")
    slo = settings.number("slo")
    burnFactor = settings.number("burn.factor")
    burnLong = settings.span("burn.long")
    burnShort = settings.span("burn.short")
    hasSlowBurn = settings.flag("burn.slow")
    slowFactor = settings.number("burn.slow.factor")
  }
}
