import Kernel
import Patterns

extension Topic {
  /// Timeouts and deadlines along a chain of calls.
  public static let timeout = Topic(
    id: "timeout", scenarios: [ChainScenario(.timeout)],
    presets: TimeoutPreset.allCases.map(\.tool),
    makeBench: { id in TimeoutBench(preset: id.flatMap { TimeoutPreset(rawValue: $0) }) })
}
