import Patterns

extension Topic {
  /// A sidecar beside an application: its life, and its forms as ambassador and adapter.
  public static let sidecar = Topic(
    id: "sidecar", scenarios: [SidecarScenario()],
    presets: SidecarPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in SidecarBench(preset: id.flatMap { SidecarPreset(rawValue: $0) } ?? .plain) })
}
