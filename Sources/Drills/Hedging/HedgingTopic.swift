import Kernel
import Patterns

extension Topic {
  /// Hedged requests: a second copy of a slow call.
  public static let hedging = Topic(
    id: "hedging", scenarios: [ChainScenario(.hedging)],
    presets: HedgingPreset.allCases.map(\.tool),
    makeBench: { id in HedgingBench(preset: id.flatMap { HedgingPreset(rawValue: $0) }) })
}
