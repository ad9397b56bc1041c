import Kernel
import Patterns

/// The tools that the bench can stand for.
enum DiscoveryPreset {
  /// The tools, under the knob names that bench and scenario use.
  static let tools: [ToolPreset] = [
    .eureka, .consul, renamed(.etcd, knobs: DiscoveryKnobs.knobs(of: .etcd)), .kubernetesDNS,
  ]

  /// The registry that a tool's preset runs.
  static func registry(_ preset: String?) -> RegistryKind {
    switch preset {
    case "consul": .consul
    case "etcd": .etcd
    case "kubernetes-dns": .kubernetes
    default: .eureka
    }
  }

  private static func renamed(_ tool: ToolPreset, knobs: [Knob]) -> ToolPreset {
    ToolPreset(id: tool.id, title: tool.title, knobs: knobs, leavesOut: tool.leavesOut)
  }
}
