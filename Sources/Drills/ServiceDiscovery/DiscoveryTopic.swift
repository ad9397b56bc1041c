import Kernel
import Patterns

extension Topic {
  /// Service discovery: who is where, and who is alive.
  static let serviceDiscovery = Topic(
    id: "service-discovery", scenarios: [DiscoveryScenario()],
    presets: DiscoveryPreset.tools,
    makeBench: { id in DiscoveryBench(preset: id) })
}
