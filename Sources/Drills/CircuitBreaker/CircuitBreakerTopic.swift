import Kernel
import Patterns

extension Topic {
  /// Circuit breakers, with timeouts, retries and outlier detection.
  static let circuitBreaker = Topic(
    id: "circuit-breaker", scenarios: CallTool.allCases.map { CircuitBreakerScenario($0) },
    presets: CircuitBreakerPreset.allCases.filter { $0 != .plain }.map(\.tool)
      + [EnvoyOutlierDetection.tool],
    makeBench: { id in
      if id == EnvoyOutlierDetection.tool.id { return OutlierBench() }
      return CircuitBreakerBench(
        preset: id.flatMap { CircuitBreakerPreset(rawValue: $0) } ?? .plain)
    })
}
