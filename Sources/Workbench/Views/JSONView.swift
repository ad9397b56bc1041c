import Drills
import Kernel
import Simulation

/// Runs and figures as JSON with a stable schema; nothing in it depends on the clock.
enum JSONView {
  static func measurements(_ measurements: [Measurement]) -> JSON {
    .list(
      measurements.map { measured in
        .members([
          "name": .text(measured.name), "unit": .text(measured.unit.rawValue),
          "value": measured.value.map(JSON.number) ?? .null,
        ])
      })
  }

  static func run(_ run: DrillRun) -> JSON {
    .members([
      "drill": run.drill.map { .text($0.id) } ?? .null, "scenario": .text(run.scenario.id),
      "version": .integer(run.scenario.version), "seed": .text("\(run.request.seed)"),
      "token": .text(run.token.description), "passed": .boolean(run.isPassed),
      "settings": .object(
        run.request.settings.all.map {
          JSON.Member($0.knob.name, .text($0.setting.description))
        }),
      "faults": .list(
        run.request.faults.lines(run.scenario.roster(run.request.settings)).map(JSON.text)),
      "objectives": .list(run.judgements.map(judgement)),
      "measurements": measurements(run.outcome.measurements),
      "verdicts": .list(run.outcome.verdicts.map { .text($0.description) }),
      "findings": findings(run.outcome),
      "series": .list(run.outcome.series.map(series)), "why": .list(why(run)),
      "digest": .text(run.outcome.digest.text),
    ])
  }

  /// What checkers found; left out where the scenario has no checkers.
  static func findings(_ outcome: Outcome) -> JSON? {
    outcome.findings.isEmpty ? nil : .list(outcome.findings.map(\.json))
  }

  private static func judgement(_ judgement: Judgement) -> JSON {
    .members([
      "metric": .text(judgement.clause.name), "wanted": .text(judgement.clause.wanted),
      "measured": judgement.measured?.value.map(JSON.number) ?? .null,
      "met": .boolean(judgement.isMet),
    ])
  }

  private static func series(_ series: TimeSeries) -> JSON {
    .members([
      "name": .text(series.name), "unit": .text(series.unit.rawValue),
      "step_ns": .integer(Int(series.step.nanoseconds)),
      "values": .list(series.values.map { $0.map(JSON.number) ?? .null }),
    ])
  }

  private static func why(_ run: DrillRun) -> [JSON] {
    CausalChain(run.outcome.trace).steps.map { step in
      let event = step.event
      return .members([
        "at_ns": .integer(Int(event.at.nanoseconds)), "part": .text(event.part),
        "kind": .text(event.kind), "weight": .text(event.weight.rawValue),
        "detail": .text(event.detail), "also": .list(step.also.map(JSON.text)),
      ])
    }
  }
}
