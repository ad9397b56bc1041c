import Patterns

extension Topic {
  /// Idempotency keys: a repeated write that has its effect once.
  public static let idempotency = Topic(
    id: "idempotency", scenarios: [ChainScenario(.idempotency)], presets: [],
    makeBench: { _ in IdempotencyBench() })
}
