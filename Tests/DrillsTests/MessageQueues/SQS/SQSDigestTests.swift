import Kernel
import Simulation
import Testing

@testable import Drills

/// Whole runs under drawn faults against committed digests.
///
/// A difference means that old replay tokens tell another story: count up the scenario's version,
/// then write down the new digests.
@Suite("SQS and event-driven runs against committed digests") struct SQSDigestTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let scenario: any Scenario
    let settings: [String]
    let digests: [String]
    var testDescription: String { "\(scenario.id) \(settings.joined(separator: " "))" }
  }

  static let cases = [
    Case(
      scenario: SQSScenario(), settings: [],
      digests: ["2a6660d7a4874e19", "ea7cf08d25402bee", "877eb60974223f86"]),
    Case(
      scenario: SQSScenario(), settings: ["FifoQueue=on", "maxReceiveCount=2", "queues=2"],
      digests: ["ef205c83398026b5", "396b52e609cc0c68", "09d8dbe3d1b7c395"]),
    Case(
      scenario: EventScenario(), settings: [],
      digests: ["0f3875427dbac777", "b15662429e7fddbc", "56a7834af4b43e2f"]),
    Case(
      scenario: EventScenario(),
      settings: ["publish=after-commit", "carries=notification", "subscribers=2"],
      digests: ["8b1c97e217667b94", "91214c970bb5e8f7", "04351bd73ee1f46a"]),
  ]

  @Test("Same bytes on any machine", arguments: cases)
  func areTheSame(_ item: Case) throws {
    var settings = Settings(item.scenario.knobs)
    for pair in item.settings + ["duration=20s", "settle=30s"] {
      let sides = pair.split(separator: "=").map(String.init)
      try settings.set(sides[0], sides[1])
    }
    let nodes = item.scenario.roster(settings).nodes
    for (place, digest) in item.digests.enumerated() {
      let seed = UInt64(place + 1)
      let plan = SwarmPlan(nodes, span: .seconds(20)).draw(seed: seed)
      let outcome = item.scenario.run(
        ScenarioRequest(settings: settings, faults: plan, seed: seed))
      #expect(outcome.violations.isEmpty)
      #expect(outcome.digest.text == digest, "seed \(seed)")
    }
  }
}
