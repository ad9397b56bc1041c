import Patterns

extension Topic {
  /// Rate limits: who is refused, who counts, and what the backend gets.
  public static let rateLimiting = Topic(
    id: "rate-limiting", scenarios: [RateLimitingScenario()],
    presets: RateLimiterPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      RateLimitingBench(preset: id.flatMap { RateLimiterPreset(rawValue: $0) } ?? .plain)
    })
}
