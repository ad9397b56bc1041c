import Kernel
import Patterns

/// The settings of a run, read once.
struct MonitoringSettings: Sendable {
  /// What the alert looks at.
  enum Signal: String, CaseIterable, Sendable {
    case errors, burn
    case trafficRaw = "traffic-raw"
    case trafficRate = "traffic-rate"
    case latencyMean = "latency-mean"
    case latencyMeanOfP99 = "latency-mean-of-p99"
    case latencyP99 = "latency-p99"
  }

  /// The bounds of the latency histogram.
  enum Buckets: String, CaseIterable, Sendable {
    case standard, coarse, slo
  }

  let signal: Signal
  let hasUpAlert: Bool
  let scrapeEvery: TimeSpan
  let evaluateEvery: TimeSpan
  let window: TimeSpan
  let wait: TimeSpan
  let keepFiring: TimeSpan
  let errorsAbove: Double
  let latencyAbove: TimeSpan
  let trafficBelow: Double
  let slo: Double
  let burnFactor: Double
  let burnLong: TimeSpan
  let burnShort: TimeSpan
  let hasSlowBurn: Bool
  let slowFactor: Double
  let bounds: [Double]
  let hasUserLabel: Bool
  let duration: TimeSpan
  let rate: Double
  let instances: Int
  let canaryShare: Double
  let latency: Distribution
  let goodLatency: TimeSpan
  let tailShare: Double
  let tailTime: TimeSpan
  let errorShare: Double
  let users: Int
  let memory: Double
  let seriesBytes: Double
  let harmAbove: Double
  let harmSpan: TimeSpan
  let shortcut: MonitoringShortcut?
  /// Whether anything pages at all; otherwise somebody has to look.
  var hasRules = true

  init(_ settings: Settings, mutant: String? = nil) {
    shortcut = mutant.flatMap(MonitoringShortcut.init(rawValue:))
    signal = Signal(rawValue: settings.word("alert")) ?? .errors
    hasUpAlert = settings.flag("up.alert")
    scrapeEvery = settings.span("scrape.interval")
    evaluateEvery = settings.span("evaluation.interval")
    window = settings.span("window")
    wait = settings.span("for")
    keepFiring = settings.span("keep.firing")
    errorsAbove = settings.number("errors.above")
    latencyAbove = settings.span("latency.above")
    trafficBelow = settings.number("traffic.below")
    slo = settings.number("slo")
    burnFactor = settings.number("burn.factor")
    burnLong = settings.span("burn.long")
    burnShort = settings.span("burn.short")
    hasSlowBurn = settings.flag("burn.slow")
    slowFactor = settings.number("burn.slow.factor")
    goodLatency = settings.span("good.latency")
    bounds = Self.bounds(
      Buckets(rawValue: settings.word("buckets")) ?? .standard, goodLatency.seconds)
    hasUserLabel = settings.word("labels") == "user"
    duration = settings.span("duration")
    rate = settings.number("rate")
    instances = settings.integer("instances")
    canaryShare = settings.number("canary")
    let median = settings.span("latency")
    latency = .lognormal(p50: median, p99: median * 3)
    tailShare = settings.number("tail.share")
    tailTime = settings.span("tail.time")
    errorShare = settings.number("errors")
    users = settings.integer("users")
    memory = settings.number("memory")
    seriesBytes = settings.number("series.bytes")
    harmAbove = settings.number("harm.above")
    harmSpan = settings.span("harm.span")
  }

  private static func bounds(_ buckets: Buckets, _ good: Double) -> [Double] {
    switch buckets {
    case .standard: MetricRegistry.standardBounds
    case .coarse: [0.1, 1, 10]
    case .slo: [good / 10, good / 5, good / 2, good * 0.8, good, good * 1.2, good * 2, good * 10]
    }
  }
}
