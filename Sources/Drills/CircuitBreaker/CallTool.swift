import Kernel
import Patterns

/// Whose circuit breaker and outlier detection a scenario runs: the plain ones or a tool's.
enum CallTool: String, Sendable, Hashable, CaseIterable {
  case plain
  case resilience4j
  case hystrix
  case polly
  case envoy

  /// The id of the scenario.
  var scenarioID: String { self == .plain ? "circuit-breaker" : "circuit-breaker-\(rawValue)" }

  /// The knobs of the tool, in a scenario.
  var knobs: [Knob] {
    switch self {
    case .plain: CircuitBreakerPreset.plain.tool.knobs + Self.ejectionKnobs
    case .resilience4j: CircuitBreakerPreset.resilience4j.tool.knobs
    case .hystrix: CircuitBreakerPreset.hystrix.tool.knobs
    case .polly: CircuitBreakerPreset.polly.tool.knobs
    case .envoy: EnvoyOutlierDetection.tool.knobs
    }
  }

  /// The tool's note of what it leaves out.
  var leavesOut: [String] {
    switch self {
    case .plain: []
    case .resilience4j: CircuitBreakerPreset.resilience4j.tool.leavesOut
    case .hystrix: CircuitBreakerPreset.hystrix.tool.leavesOut
    case .polly: CircuitBreakerPreset.polly.tool.leavesOut
    case .envoy: EnvoyOutlierDetection.tool.leavesOut
    }
  }

  /// The name of the tool for people.
  var title: String {
    switch self {
    case .plain: "plain names"
    case .resilience4j: "resilience4j"
    case .hystrix: "Hystrix"
    case .polly: "Polly"
    case .envoy: "Envoy"
    }
  }

  private var preset: CircuitBreakerPreset? {
    switch self {
    case .plain: .plain
    case .resilience4j: .resilience4j
    case .hystrix: .hystrix
    case .polly: .polly
    case .envoy: nil
    }
  }

  /// The breaker that `settings` describe; nil where the tool has none (Envoy ejects hosts).
  func breaker(_ settings: Settings) -> CircuitBreaker.Options? {
    preset.map { $0.options(settings) }
  }

  /// What the tool's force knobs hold breakers to.
  func forcing(_ settings: Settings) -> CircuitBreaker.Forcing {
    preset?.forcing(settings) ?? .none
  }

  /// The outlier detection that `settings` describe, or nil when there is none.
  func ejection(_ settings: Settings) -> OutlierDetector.Options? {
    switch self {
    case .resilience4j, .hystrix, .polly:
      return nil
    case .envoy:
      return settings.flag("breaker") ? EnvoyOutlierDetection.options(settings) : nil
    case .plain:
      guard settings.flag("ejection") else { return nil }
      var options = OutlierDetector.Options()
      options.consecutive5xx = settings.integer("ejection.consecutive")
      options.interval = settings.span("ejection.interval")
      options.baseEjectionTime = settings.span("ejection.time")
      options.maxEjectionTime = max(options.maxEjectionTime, options.baseEjectionTime)
      options.maxEjectionPercent = settings.number("ejection.share") * 100
      return options
    }
  }

  private static let ejectionKnobs = [
    Knob(
      "ejection", .flag, standard: .flag(false),
      "Whether each caller leaves single instances out that fail more than the others."),
    Knob(
      "ejection.consecutive", .integer(1...1_000), standard: .integer(5),
      source: "Envoy consecutive_5xx", "Failures in a row that eject an instance."),
    Knob(
      "ejection.interval", .span(.milliseconds(100)...(.minutes(1))),
      standard: .span(.seconds(10)), source: "Envoy interval",
      "The time between sweeps, which let instances back."),
    Knob(
      "ejection.time", .span(.milliseconds(100)...(.minutes(10))), standard: .span(.seconds(30)),
      source: "Envoy base_ejection_time", "The first ejection time; later ones are multiples."),
    Knob(
      "ejection.share", .number(0...1, .fraction), standard: .number(0.1),
      source: "Envoy max_ejection_percent", "The most instances that may be out."),
  ]
}
