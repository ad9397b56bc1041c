import Kernel
import Patterns

extension Topic {
  /// Database sharding: placing keys on shards, and moving them.
  static let sharding = Topic(
    id: "sharding", scenarios: [ShardingScenario()],
    presets: ShardingPreset.all.map(\.tool) + [RedisClusterBench.tool],
    makeBench: { id in
      if id == RedisClusterBench.tool.id { return RedisClusterBench() }
      return ShardingBench(preset: ShardingPreset.all.first { $0.tool.id == id })
    })
}
