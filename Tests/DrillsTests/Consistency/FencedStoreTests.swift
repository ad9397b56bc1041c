import Drills
import Kernel
import Simulation
import Testing

/// The smallest plan of a search under drawn faults: the primary confirms a write, is cut off before
/// its backups hear that the write is safe, and a backup takes office with the write in its log.
@Suite("A fenced primary's successor")
struct FencedStoreTests {
  private func outcome(mutant: String?) throws -> Outcome {
    let scenario = try TopicRegistry.scenario("replicated-store")
    var settings = Settings(scenario.knobs)
    for (name, value) in [
      ("replication", "synchronous"), ("fencing", "lease"), ("duration", "20s"),
      ("think", "60ms"), ("keys", "2"),
    ] { try settings.set(name, value) }
    let plan = try FaultPlan.parse(
      "at 13.5s partition n1 | n2,n3,monitor for 4.5s", roster: scenario.roster(settings))
    return scenario.run(
      ScenarioRequest(settings: settings, faults: plan, seed: 100_105, mutant: mutant))
  }

  @Test("answers no read from before a write that its predecessor confirmed")
  func recovers() throws {
    let finding = try outcome(mutant: nil).findings.first { $0.guarantee == "linearizable" }
    #expect(finding?.verdict == .holds)
  }

  @Test("is caught when it serves before it has recovered")
  func caught() throws {
    let finding = try outcome(mutant: "serves-before-recovered").findings.first {
      $0.guarantee == "linearizable"
    }
    #expect(finding?.isViolated == true)
  }
}
