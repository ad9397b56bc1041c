import Kernel
import Patterns

extension Topic {
  /// Distributed transactions: two-phase commit, sagas, and what each of them costs.
  static let distributedTransactions = Topic(
    id: "distributed-transactions", scenarios: [CommerceScenario()],
    presets: TransactionPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { preset in
      CommerceBench(preset: preset.flatMap(TransactionPreset.init(rawValue:)) ?? .plain)
    })
}
