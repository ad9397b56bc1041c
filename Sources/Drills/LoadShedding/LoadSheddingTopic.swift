import Kernel
import Patterns

extension Topic {
  /// Load shedding: limits that follow the load, lines that drop, priorities, throttling clients.
  public static let loadShedding = Topic(
    id: "load-shedding", scenarios: [LoadSheddingScenario()],
    presets: LoadSheddingPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      LoadSheddingBench(preset: id.flatMap { LoadSheddingPreset(rawValue: $0) } ?? .plain)
    })
}
