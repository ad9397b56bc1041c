import Patterns

extension Topic {
  /// Failover: detection, election, fencing, what is lost and how long it takes.
  public static let failover = Topic(
    id: "failover", scenarios: [FailoverScenario(), PodsScenario(), AvailabilityScenario()],
    presets: FailoverPreset.allCases.compactMap(\.tool),
    makeBench: { id in
      FailoverBench(preset: id.flatMap { FailoverPreset(rawValue: $0) } ?? .plain)
    })
}
