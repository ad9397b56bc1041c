import Kernel
import Patterns

extension Topic {
  /// Backpressure: bounded buffers, demand, windows, and what is dropped when nothing else helps.
  public static let backpressure = Topic(
    id: "backpressure", scenarios: [PipelineScenario(), StreamsScenario()],
    presets: BackpressurePreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in
      BackpressureBench(preset: id.flatMap { BackpressurePreset(rawValue: $0) } ?? .plain)
    })
}
