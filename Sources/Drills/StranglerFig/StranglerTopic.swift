import Patterns

extension Topic {
  /// The strangler fig: a facade that moves routes one by one, and data whose owner changes once.
  public static let stranglerFig = Topic(
    id: "strangler-fig", scenarios: [StranglerScenario()],
    presets: StranglerPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      StranglerBench(preset: id.flatMap { StranglerPreset(rawValue: $0) } ?? .plain)
    })
}
