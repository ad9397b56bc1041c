import Drills
import Kernel

/// Proves a drill: it fails at its start and passes with its reference solution.
enum DrillProof {
  /// How many seeds a drill is proven on: its own and the next ones.
  static let seedCount: UInt64 = 3

  static func prove(_ drill: Drill) throws(Diagnostic) {
    let scenario = drill.scenario
    let solved = try drill.solved()
    for offset in 0..<seedCount {
      let seed = drill.seed + offset
      let start = try run(drill, scenario, drill.settings, seed)
      guard !start.isPassed else {
        throw Diagnostic(
          "The drill passes with its starting settings at seed \(seed).",
          expected: "settings that miss an objective")
      }
      let end = try run(drill, scenario, solved, seed)
      if let broken = end.outcome.violations.first {
        throw Diagnostic("With the solution an invariant breaks at seed \(seed): \(broken)")
      }
      if let missed = end.judgements.first(where: { !$0.isMet }) {
        throw Diagnostic(
          "The solution misses '\(missed.clause.name) \(missed.clause.wanted)' at seed \(seed): it is "
            + "\(missed.measured?.text ?? "none").", found: missed.measured?.text,
          expected: missed.clause.wanted)
      }
      for request in drill.predictions where offset == 0 {
        guard start.outcome.measurement(request.metric)?.value != nil else {
          throw Diagnostic(
            "The first run measures no \(request.metric), so the prediction cannot be scored.",
            expected: "a figure that the start of the drill measures")
        }
      }
    }
  }

  private static func run(
    _ drill: Drill, _ scenario: any Scenario, _ settings: Settings, _ seed: UInt64
  ) throws(Diagnostic) -> DrillRun {
    let faults = try scenario.faults(drill.faults, of: drill.settings, under: settings)
    return DrillRun(
      drill, of: scenario, ScenarioRequest(settings: settings, faults: faults, seed: seed))
  }
}
