import Kernel
import Simulation

/// A mutant beside the healthy mechanism, under the settings and faults in which it shows.
public struct MutantRun: Sendable {
  /// What the healthy mechanism came to.
  public let healthy: Outcome
  /// What the mutant came to.
  public let mutated: Outcome

  /// Runs both from `seed`.
  public init(_ scenario: any Scenario, _ mutant: Mutant, seed: UInt64) throws(Diagnostic) {
    var request = try mutant.request(of: scenario, seed: seed)
    mutated = scenario.run(request)
    request.mutant = nil
    healthy = scenario.run(request)
  }
}

extension Mutant {
  /// The run of `scenario` in which it shows.
  public func request(
    of scenario: any Scenario, seed: UInt64
  ) throws(Diagnostic) -> ScenarioRequest {
    var settings = Settings(scenario.knobs)
    for change in self.settings { try settings.set(change.name, change.text) }
    try scenario.validate(settings)
    let plan = try FaultPlan.parse(
      faults.joined(separator: "\n"), roster: scenario.roster(settings))
    return ScenarioRequest(settings: settings, faults: plan, seed: seed, mutant: id)
  }

  /// What its catch says against `outcome`, or nil when it has nothing to say.
  ///
  /// An invariant or guarantee that the scenario does not know of is refused, not passed.
  public func complaint(
    on outcome: Outcome, of scenario: any Scenario
  ) throws(Diagnostic) -> String? {
    switch caughtBy {
    case .invariant(let name):
      let known = outcome.verdicts.map(\.name)
      guard let verdict = outcome.verdicts.first(where: { $0.name == name }) else {
        throw .unknown("invariant", name, known: known)
      }
      return verdict.isViolated ? verdict.description : nil
    case .finding(let name):
      let known = outcome.findings.map(\.guarantee)
      guard let finding = outcome.findings.first(where: { $0.guarantee == name }) else {
        throw .unknown("guarantee", name, known: known)
      }
      return finding.isViolated ? finding.summary : nil
    case .objective(let text):
      let units = scenario.metrics.map { (name: $0.name, unit: $0.unit) }
      let condition = try Condition(text, units: units)
      guard !condition.holds(outcome.measurements) else { return nil }
      let figures = condition.clauses.map { clause in
        "\(clause.name) is \(outcome.measurement(clause.name)?.text ?? "none")"
      }
      return "wanted \(text), but \(figures.joined(separator: ", "))"
    }
  }
}
