import Drills
import Kernel
import Presentation
import Simulation
import Testing

@Suite struct RunTelemetryTests {
  private func telemetry(_ id: String, _ faults: String) throws -> (RunTelemetry, Outcome) {
    let scenario = try TopicRegistry.scenario(id)
    let settings = Settings(scenario.knobs)
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    let outcome = scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: 1))
    return (RunTelemetry(outcome), outcome)
  }

  /// Every event is counted, a line and a span; the alert fires where there is harm.
  @Test func everyEventIsThere() throws {
    let faults = "at 8m errors api-1 100% for 5m\nat 8m errors api-2 100% for 5m"
    let (telemetry, outcome) = try telemetry("monitoring", faults)
    let plain = PlainRenderer()
    let count = outcome.trace.events.count
    #expect(count > 3)
    let total = plain.render(try telemetry.metrics("sum(events_total)"))
    #expect(total.contains(" \(count)"), "\(total)")
    #expect(plain.render(telemetry.logs("weight=harm")).contains("of the requests"))
    #expect(plain.render(telemetry.logs("no-such-word")).contains("No line"))
    let tree = plain.render(try telemetry.traces("1"))
    #expect(tree.contains("errors") && tree.contains("suffer"), "\(tree)")
    #expect(plain.render(telemetry.alerts()).contains("firing"))
    #expect(throws: Diagnostic.self) { try telemetry.traces("99") }
    #expect(throws: Diagnostic.self) { try telemetry.metrics("sum(") }
  }

  /// Runs of any topic can be asked, also those in which nothing happened.
  @Test func everyScenarioCanBeAsked() throws {
    for scenario in TopicRegistry.topics.flatMap(\.scenarios) {
      let (telemetry, _) = try telemetry(scenario.id, "")
      #expect(throws: Never.self, "\(scenario.id)") {
        _ = try telemetry.metrics("")
        _ = try telemetry.traces("")
      }
      _ = telemetry.logs("")
      #expect(PlainRenderer().render(telemetry.alerts()).contains("Harm"))
    }
  }
}
