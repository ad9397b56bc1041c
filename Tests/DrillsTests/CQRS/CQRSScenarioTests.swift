import Kernel
import Simulation
import Testing

@testable import Drills

@Suite("CQRS under load and faults") struct CQRSScenarioTests {
  static func run(
    _ changes: KeyValuePairs<String, String> = [:], faults: [String] = [], seed: UInt64 = 1
  ) throws -> Outcome {
    let scenario = CQRSScenario()
    var settings = Settings(scenario.knobs)
    try settings.set("duration", "20s")
    for (name, text) in changes { try settings.set(name, text) }
    try scenario.validate(settings)
    let roster = scenario.roster(settings)
    let plan = FaultPlan(try faults.map { try TimedFault.parse($0, roster: roster) })
    return scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: seed))
  }

  static func value(_ outcome: Outcome, _ name: String) -> Double {
    outcome.measurement(name)?.value ?? -1
  }

  @Test("With nothing wrong rows agree with events, and the figures are those of the metrics")
  func calm() throws {
    let outcome = try Self.run(["views": "2", "segments": "3", "snapshot.every": "10"])
    #expect(outcome.violations.isEmpty)
    #expect(outcome.measurements.map(\.name) == CQRSScenario().metrics.map(\.name))
    #expect(Self.value(outcome, "rows_wrong") == 0 && Self.value(outcome, "rows_behind") == 0)
    #expect(Self.value(outcome, "done") > 200 && Self.value(outcome, "overdrawn") == 0)
  }

  @Test("The same request tells the same story; another seed another one")
  func repeats() throws {
    let faults = ["at 5s crash projector-1 for 2s", "at 9s crash commands for 1s"]
    let first = try Self.run(faults: faults)
    #expect(try Self.run(faults: faults).digest == first.digest)
    #expect(try Self.run(faults: faults, seed: 2).digest != first.digest)
  }

  @Test("Every mutant is caught on three seeds and the healthy mechanism passes", arguments: 1...3)
  func mutants(_ seed: Int) throws {
    let scenario = CQRSScenario()
    for mutant in scenario.mutants {
      let run = try MutantRun(scenario, mutant, seed: UInt64(seed))
      #expect(try mutant.complaint(on: run.mutated, of: scenario) != nil, "\(mutant.id)")
      #expect(try mutant.complaint(on: run.healthy, of: scenario) == nil, "\(mutant.id)")
    }
  }

  @Test("No way to read that promises the own change breaks the promise")
  func ownWrites() throws {
    for mode in ["wait", "write-side", "optimistic"] {
      let outcome = try Self.run(["reads": mode, "think": "10ms", "poll": "300ms"])
      #expect(Self.value(outcome, "stale_own_reads") == 0, "\(mode)")
    }
    let eventual = try Self.run(["think": "10ms", "poll": "300ms"])
    #expect(Self.value(eventual, "stale_own_reads") > 50)
    let other = try Self.run([
      "reads": "optimistic", "think": "10ms", "poll": "300ms", "other.device": "50%",
    ])
    #expect(Self.value(other, "stale_own_reads") > 20)
  }

  @Test("Views that are apart let time run backwards; a sticky view does not")
  func sticky() throws {
    let faults = ["at 4s pause projector-2 for 10s"]
    let any = try Self.run(["views": "2"], faults: faults)
    #expect(Self.value(any, "backward_reads") > 0)
    let sticky = try Self.run(["views": "2", "sticky": "on"], faults: faults)
    #expect(Self.value(sticky, "backward_reads") == 0)
  }

  @Test("A table built side by side takes as long as its events at the rebuild's rate")
  func rebuildTakesItsTime() throws {
    let changes: KeyValuePairs = [
      "rebuild.at": "5s", "rebuild": "side-by-side", "rebuild.rate": "400/s", "history": "50",
      "customers": "40", "duration": "20s", "settle": "20s",
    ]
    let outcome = try Self.run(changes)
    // Two accounts each of 40 customers have 51 events: 4,080, and at most 500 commands come on top.
    // The rest between two batches comes to 2.5 ms an event; fetching and applying, to 2.5 ms more.
    #expect(Self.value(outcome, "rebuild_time") > 4_080 * 0.002_5)
    #expect(Self.value(outcome, "rebuild_time") < 4_580 * 0.005)
    #expect(Self.value(outcome, "partial_reads") == 0)
  }

  @Test("A mail sent by a projection is sent again by its rebuild")
  func mails() throws {
    let again = try Self.run(["mails": "in-projection", "rebuild.at": "10s"])
    #expect(Self.value(again, "mails_repeated") > 10)
    let once = try Self.run(["mails": "live-only", "rebuild.at": "10s"])
    #expect(Self.value(once, "mails_repeated") == 0)
  }
}
