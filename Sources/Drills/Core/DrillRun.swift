import Kernel
import Simulation

/// One run of a drill (or of a bare scenario): what was asked, what came out, what it means.
public struct DrillRun: Sendable {
  /// The drill, when objectives were at stake.
  public let drill: Drill?
  /// The scenario that ran.
  public let scenario: any Scenario
  /// What decided the run.
  public let request: ScenarioRequest
  /// What came out.
  public let outcome: Outcome
  /// What it says of each objective, in their order.
  public let judgements: [Judgement]

  /// Runs `drill`'s scenario on `request` and judges the outcome.
  public init(_ drill: Drill?, of scenario: any Scenario, _ request: ScenarioRequest) {
    self.drill = drill
    self.scenario = scenario
    self.request = request
    outcome = scenario.run(request)
    judgements = drill?.judge(outcome) ?? []
  }

  /// Runs a scenario that brings objectives of its own and judges the outcome by them.
  public init(
    of scenario: any Scenario, objectives: [Condition], _ request: ScenarioRequest
  ) {
    drill = nil
    self.scenario = scenario
    self.request = request
    outcome = scenario.run(request)
    judgements = objectives.judge(outcome)
  }

  /// Whether every objective was met and no invariant was broken.
  public var isPassed: Bool {
    judgements.allSatisfy(\.isMet) && outcome.violations.isEmpty
  }

  /// The line that brings back exactly this run.
  public var token: ReplayToken {
    ReplayToken(
      subject: drill?.id ?? scenario.id, version: scenario.version, seed: request.seed,
      changes: request.settings.changes,
      faults: request.faults.lines(scenario.roster(request.settings)))
  }
}
