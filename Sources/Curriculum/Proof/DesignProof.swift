import Blueprints
import Drills
import Kernel

/// Proves the designs of a case: the reference meets its objectives, a wrong one fails as it says.
enum DesignProof {
  /// How many seeds a design is proven on.
  static let seeds: ClosedRange<UInt64> = 1...2

  static func prove(_ file: DesignFile) throws(Diagnostic) {
    let (objectives, failures) = try file.conditions()
    guard !objectives.isEmpty else {
      throw Diagnostic("The design has no objectives.", expected: "'objectives:' with conditions")
    }
    for seed in seeds {
      let run = try file.run(seed: seed)
      if let broken = run.outcome.violations.first {
        throw Diagnostic("An invariant breaks at seed \(seed): \(broken)")
      }
      if file.isWrong {
        try proveWrong(run, failures, seed)
      } else if let missed = run.judgements.first(where: { !$0.isMet }) {
        throw Diagnostic(
          "The design misses '\(missed.clause.name) \(missed.clause.wanted)' at seed \(seed).",
          found: missed.measured?.text ?? "none", expected: missed.clause.wanted)
      }
    }
    if !file.isWrong, let lint = file.design.lints().first(where: { $0.severity == .hard }) {
      throw Diagnostic("The reference design has a hard lint, \(lint.rule): \(lint.message)")
    }
  }

  private static func proveWrong(
    _ run: DrillRun, _ failures: [Condition], _ seed: UInt64
  ) throws(Diagnostic) {
    guard run.judgements.contains(where: { !$0.isMet }) else {
      throw Diagnostic("The design is said to fail and meets its objectives at seed \(seed).")
    }
    for condition in failures {
      for clause in condition.clauses where !clause.holds(run.outcome.measurements) {
        throw Diagnostic(
          "The design does not fail as it says at seed \(seed): \(clause.name) \(clause.wanted).",
          found: run.outcome.measurement(clause.name)?.text ?? "none", expected: clause.wanted)
      }
    }
  }
}
