import Patterns

extension Topic {
  /// CQRS: command model, event store, projections, snapshots, rebuilds and reading one's own
  /// writes.
  public static let cqrs = Topic(
    id: "cqrs", scenarios: [CQRSScenario()],
    presets: CQRSPreset.allCases.filter { $0 != .plain }.map(\.tool),
    makeBench: { id in CQRSBench(preset: id.flatMap { CQRSPreset(rawValue: $0) } ?? .plain) })
}
