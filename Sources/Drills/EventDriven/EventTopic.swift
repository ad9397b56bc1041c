import Kernel
import Patterns

extension Topic {
  /// Event-driven architecture: getting every fact out, once, in order.
  static let eventDriven = Topic(
    id: "event-driven", scenarios: [EventScenario()],
    presets: EventPreset.allCases.map(\.tool),
    makeBench: { id in EventBench(preset: id.flatMap { EventPreset(rawValue: $0) }) })
}
