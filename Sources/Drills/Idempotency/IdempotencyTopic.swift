import Kernel
import Patterns

extension Topic {
  /// Idempotency keys: a repeated write that has its effect once.
  public static let idempotency = Topic(
    id: "idempotency", scenarios: [ChainScenario(.idempotency)],
    presets: IdempotencyPreset.allCases.map(\.tool),
    makeBench: { id in IdempotencyBench(preset: id.flatMap { IdempotencyPreset(rawValue: $0) }) })
}
