import Kernel
import Patterns

extension Topic {
  /// Consistency and CAP: replicated stores under faults, and what clients saw; transactions.
  static let consistency = Topic(
    id: "consistency",
    scenarios: [ReplicatedStoreScenario(), CartScenario(), TransactionsScenario()],
    presets: [.postgresql, .zookeeper],
    makeBench: { id in
      switch id {
      case ToolPreset.postgresql.id: IsolationBench()
      case ToolPreset.zookeeper.id: ZooKeeperBench()
      default: ReplicatedStoreBench()
      }
    })
}
