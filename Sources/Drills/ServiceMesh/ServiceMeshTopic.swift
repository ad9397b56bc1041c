import Patterns

extension Topic {
  /// A service mesh: sidecars on every hop, and the control plane that tells them what to do.
  public static let serviceMesh = Topic(
    id: "service-mesh", scenarios: [ServiceMeshScenario()],
    presets: MeshPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in MeshBench(preset: id.flatMap { MeshPreset(rawValue: $0) } ?? .plain) })
}
