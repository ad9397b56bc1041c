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
      digests: ["66108efaba4a44d1", "0cf3609e8d065e41", "2ef95061540edfea"]),
    Case(
      scenario: SQSScenario(), settings: ["FifoQueue=on", "maxReceiveCount=2", "queues=2"],
      digests: ["93502837d49f7434", "f3023cd49bd3b2ac", "7aa97618cebd9e11"]),
    Case(
      scenario: EventScenario(), settings: [],
      digests: ["6d3138f61e3a8806", "e622c6e59af9aecc", "25fe4458de7595ee"]),
    Case(
      scenario: EventScenario(),
      settings: ["publish=after-commit", "carries=notification", "subscribers=2"],
      digests: ["0a9e9ad0fb590567", "c9a4a08c00821b3f", "e149843d70a5bcbe"]),
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
