import Drills
import Kernel
import Simulation
import Testing

@Suite("Runs as a monitoring system sees them") struct RunTelemetryTests {
  private func telemetry(_ id: String, _ faults: String) throws -> (RunTelemetry, Outcome) {
    let scenario = try TopicRegistry.scenario(id)
    let settings = Settings(scenario.knobs)
    let plan = try FaultPlan.parse(faults, roster: scenario.roster(settings))
    let outcome = scenario.run(ScenarioRequest(settings: settings, faults: plan, seed: 1))
    return (RunTelemetry(outcome), outcome)
  }

  /// Every event is counted; the alert waits for its `for` and then fires.
  @Test func everyEventIsThere() throws {
    let faults = "at 8m errors api-1 100% for 5m\nat 8m errors api-2 100% for 5m"
    let (telemetry, outcome) = try telemetry("monitoring", faults)
    let count = outcome.trace.events.count { $0.at.nanoseconds / 1_000_000 <= telemetry.end }
    #expect(count > 3)
    let total = try telemetry.samples("sum(trace_events_total)")
    #expect(total.map(\.value) == [Double(count)])
    let harm = #"trace_events_total{weight="harm"} > 0"#
    let first = try #require(telemetry.firstHarm)
    let moments = try telemetry.alert(harm, for: .seconds(10))
    let pending = try #require(moments.first { $0.event == "pending" })
    let firing = try #require(moments.first { $0.event == "firing" })
    #expect(pending.at >= first && pending.at < first + 1_000)
    #expect(firing.at == pending.at + 10_000)
    #expect(throws: Diagnostic.self) { try telemetry.samples("sum(") }
    #expect(throws: Diagnostic.self) { try telemetry.alert("sum(", for: .zero) }
  }

  /// Runs of any topic can be asked, also those in which nothing happened; a gauge says what its
  /// series says.
  @Test func everyScenarioCanBeAsked() throws {
    for scenario in TopicRegistry.topics.flatMap(\.scenarios) {
      let (telemetry, _) = try telemetry(scenario.id, "")
      for gauge in telemetry.gauges {
        let step = max(1, gauge.series.step.nanoseconds / 1_000_000)
        guard let place = gauge.series.values.lastIndex(where: { $0 != nil }) else { continue }
        let found = try telemetry.samples(gauge.name, at: Int64(place + 1) * step)
        #expect(found.first?.value == gauge.series.values[place], "\(scenario.id) \(gauge.name)")
      }
    }
  }
}
