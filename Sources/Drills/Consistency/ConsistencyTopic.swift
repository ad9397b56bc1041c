import Kernel

extension Topic {
  /// Consistency and CAP: replicated stores under faults, and what clients saw.
  static let consistency = Topic(
    id: "consistency", scenarios: [ReplicatedStoreScenario()], presets: [],
    makeBench: { _ in ReplicatedStoreBench() })
}
