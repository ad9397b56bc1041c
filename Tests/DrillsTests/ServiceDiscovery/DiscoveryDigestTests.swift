import Foundation
import Kernel
import Simulation
import Testing

@testable import Drills

/// Whole runs of every registry under drawn faults against committed digests; the scenario's own
/// default is covered with the other scenarios.
///
/// A difference means that old replay tokens tell another story: count up the scenario's version,
/// then write the files anew with `RECORD=1`.
@Suite("Registries against committed digests")
struct DiscoveryDigestTests {
  static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
    .deletingLastPathComponent().appendingPathComponent("Core/Digests").path

  @Test("Same bytes on any machine", arguments: ["consul", "etcd", "kubernetes"])
  func areTheSame(registry: String) throws {
    let scenario = DiscoveryScenario()
    var settings = Settings(scenario.knobs)
    for (name, text) in [
      ("registry", registry), ("duration", "20s"), ("instances", "5"), ("callers", "2"),
    ] {
      try settings.set(name, text)
    }
    let nodes = scenario.roster(settings).nodes
    var lines = ["version \(scenario.version)"]
    for seed in 1...20 as ClosedRange<UInt64> {
      let plan = SwarmPlan(nodes, span: .seconds(20)).draw(seed: seed)
      let outcome = scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
      #expect(outcome.violations.isEmpty, "seed \(seed): \(outcome.violations)")
      lines.append("\(seed) \(outcome.digest.text)")
    }
    let text = lines.joined(separator: "\n") + "\n"
    let path = "\(Self.folder)/service-discovery-\(registry).txt"
    if ProcessInfo.processInfo.environment["RECORD"] != nil {
      try text.write(toFile: path, atomically: true, encoding: .utf8)
    }
    #expect(text == (try String(contentsOfFile: path, encoding: .utf8)))
  }
}
