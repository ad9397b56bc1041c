import Kernel
import Patterns

extension Topic {
  /// Event-driven architecture: getting every fact out, once, in order.
  static let eventDriven = Topic(
    id: "event-driven", scenarios: [EventScenario()], presets: [],
    makeBench: { _ in EventBench() })
}
