import Kernel
import Patterns

extension Topic {
  /// Database sharding: placing keys on shards, and moving them.
  static let sharding = Topic(
    id: "sharding", scenarios: [ShardingScenario()], presets: ShardingPreset.all.map(\.tool),
    makeBench: { id in
      ShardingBench(preset: ShardingPreset.all.first { $0.tool.id == id })
    })
}
