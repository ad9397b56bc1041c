import Kernel
import Patterns

extension Topic {
  /// Bulkheads: counts and pools for each dependency, and shards for each tenant.
  public static let bulkhead = Topic(
    id: "bulkhead", scenarios: [BulkheadScenario(), ShuffleScenario()],
    presets: BulkheadPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      BulkheadBench(preset: id.flatMap { BulkheadPreset(rawValue: $0) } ?? .plain)
    })
}
