import Patterns

extension Topic {
  /// Hedged requests: a second copy of a slow call.
  public static let hedging = Topic(
    id: "hedging", scenarios: [ChainScenario(.hedging)], presets: [],
    makeBench: { _ in HedgingBench() })
}
