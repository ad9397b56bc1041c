import Patterns

extension Topic {
  /// Retries: back-off, jitter, budgets, and what layers of them multiply to.
  public static let retry = Topic(
    id: "retry", scenarios: [ChainScenario(.retry)],
    presets: RetryPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in RetryBench(preset: id.flatMap { RetryPreset(rawValue: $0) } ?? .plain) })
}
