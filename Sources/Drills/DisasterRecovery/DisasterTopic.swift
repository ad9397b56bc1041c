import Patterns

extension Topic {
  /// Disaster recovery: backups, archived log, point-in-time recovery, second regions.
  public static let disasterRecovery = Topic(
    id: "disaster-recovery", scenarios: [DisasterScenario()],
    presets: RecoveryPreset.allCases.compactMap(\.tool),
    makeBench: { id in
      RecoveryBench(preset: id.flatMap { RecoveryPreset(rawValue: $0) } ?? .plain)
    })
}
