import Kernel
import Patterns

extension Topic {
  /// Rate limits: who is refused, who counts, and what the backend gets.
  public static let rateLimiting = Topic(
    id: "rate-limiting", scenarios: [RateLimitingScenario()],
    presets: RateLimiterPreset.allCases.filter { $0 != .plain }.map(\.tool)
      + [SharedLimitBench.tool],
    makeBench: { id in
      if id == SharedLimitBench.tool.id { return SharedLimitBench() }
      return RateLimitingBench(preset: id.flatMap { RateLimiterPreset(rawValue: $0) } ?? .plain)
    })
}
