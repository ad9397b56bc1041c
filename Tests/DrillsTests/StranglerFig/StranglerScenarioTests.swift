import Kernel
import Patterns
import Simulation
import Testing

@testable import Drills

@Suite("A migration behind a facade") struct StranglerScenarioTests {
  static func run(
    _ changes: KeyValuePairs<String, String> = [:], seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = StranglerScenario()
    var settings = Settings(scenario.knobs)
    for (name, text) in changes { try settings.set(name, text) }
    return scenario.run(ScenarioRequest(settings: settings, faults: FaultPlan(), seed: seed))
  }

  static func value(_ outcome: Outcome, _ name: String) -> Double {
    outcome.measurement(name)?.value ?? -1
  }

  @Test("Stage by stage everything moves, the owner changes once, and nothing is lost")
  func calm() throws {
    let outcome = try Self.run()
    #expect(outcome.violations.isEmpty)
    #expect(outcome.measurements.map(\.name) == StranglerScenario().metrics.map(\.name))
    #expect(Self.value(outcome, "migrated") == 1 && Self.value(outcome, "flips") == 1)
    for name in ["wrong_answers", "double_charges", "wrong_balances", "apart", "went_back"] {
      #expect(Self.value(outcome, name) == 0, "\(name)")
    }
  }

  @Test("The same request tells the same story")
  func repeats() throws {
    #expect(try Self.run().digest == Self.run().digest)
    #expect(try Self.run(seed: 2).digest != Self.run().digest)
  }

  @Test("A rollback after the flip loses nothing with the way back, and much without")
  func rollback() throws {
    let kept = try Self.run(["rollback.at": "115s"])
    #expect(Self.value(kept, "flips") == 2 && Self.value(kept, "lost_euros") == 0)
    let lost = try Self.run(["rollback.at": "115s", "sync": "forward"])
    #expect(Self.value(lost, "lost_euros") > 100)
  }

  @Test("Every mutant is caught on three seeds and the healthy mechanism passes", arguments: 1...3)
  func mutants(_ seed: Int) throws {
    let scenario = StranglerScenario()
    for mutant in scenario.mutants {
      let run = try MutantRun(scenario, mutant, seed: UInt64(seed))
      #expect(try mutant.complaint(on: run.mutated, of: scenario) != nil, "\(mutant.id)")
      #expect(try mutant.complaint(on: run.healthy, of: scenario) == nil, "\(mutant.id)")
    }
  }

  @Test("Every example works on a fresh bench, under every preset")
  func examples() throws {
    for preset in StranglerPreset.allCases {
      for command in StranglerBench(preset: preset).commands {
        var session = BenchSession(StranglerBench(preset: preset))
        _ = try session.run(script: command.example)
      }
    }
  }
}
