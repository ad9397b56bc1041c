import Drills
import Kernel
import Simulation
import Testing

@Suite("A drill's faults name parts, whatever the settings") struct FaultsUnderSettingsTests {
  private let scenario: any Scenario
  private let settings: Settings

  init() throws {
    scenario = try TopicRegistry.scenario("replicated-store")
    settings = Settings(scenario.knobs)
  }

  private func plan(_ line: String) throws -> FaultPlan {
    try FaultPlan.parse(line, roster: scenario.roster(settings))
  }

  @Test func theyFollowTheName() throws {
    let plan = try plan("at 10s crash c2 for 1s")
    var changed = settings
    try changed.set("replicas", "5")
    let moved = try scenario.faults(plan, of: settings, under: changed)
    #expect(moved != plan)
    #expect(moved.lines(scenario.roster(changed)) == plan.lines(scenario.roster(settings)))
  }

  @Test func aMissingPartIsRefused() throws {
    let plan = try plan("at 10s crash c6 for 1s")
    var changed = settings
    try changed.set("clients", "2")
    let error = #expect(throws: Diagnostic.self) {
      try scenario.faults(plan, of: settings, under: changed)
    }
    #expect(error?.message.contains("no node called 'c6'") == true)
  }
}
