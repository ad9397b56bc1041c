import Kernel
import Simulation

/// A task on a scenario: it starts out failing, names what is wanted, and can be passed.
public struct Drill: Sendable {
  /// The stable id, `topic/name`.
  public let id: String
  /// What is to be achieved, in a few words.
  public let title: String
  /// About how long it takes.
  public let minutes: Int
  /// The situation, in Markdown.
  public let brief: String
  /// The scenario it runs.
  public let scenario: any Scenario
  /// The settings it starts from, load included.
  public let settings: Settings
  /// The knobs worth looking at first, by name.
  public let knobs: [String]
  /// What goes wrong.
  public let faults: FaultPlan
  /// The seed it runs from unless another is given.
  public let seed: UInt64
  /// What is wanted.
  public let objectives: [Condition]
  /// What to predict before the first run.
  public let predictions: [PredictionRequest]
  /// Hints, each saying more than the one before.
  public let hints: [String]
  /// Settings that meet the objectives, as changes to the starting ones.
  public let solution: [(name: String, text: String)]
  /// Cause and interview phrasing, in Markdown, shown after an attempt.
  public let debrief: String
  /// Where its facts come from.
  public let sources: [String]

  /// A drill, as read from its file.
  public init(
    id: String, title: String, minutes: Int, brief: String, scenario: any Scenario,
    settings: Settings, knobs: [String], faults: FaultPlan, seed: UInt64, objectives: [Condition],
    predictions: [PredictionRequest],
    hints: [String], solution: [(name: String, text: String)], debrief: String, sources: [String]
  ) {
    self.id = id
    self.title = title
    self.minutes = minutes
    self.brief = brief
    self.scenario = scenario
    self.settings = settings
    self.knobs = knobs
    self.faults = faults
    self.seed = seed
    self.objectives = objectives
    self.predictions = predictions
    self.hints = hints
    self.solution = solution
    self.debrief = debrief
    self.sources = sources
  }

  /// The topic the drill belongs to.
  public var topic: String { String(id.prefix { $0 != "/" }) }

  /// The starting settings with the reference solution applied.
  public func solved() throws(Diagnostic) -> Settings {
    var solved = settings
    for change in solution { try solved.set(change.name, change.text) }
    return solved
  }

  /// What `outcome` says of each objective.
  public func judge(_ outcome: Outcome) -> [Judgement] { objectives.judge(outcome) }
}

extension [Condition] {
  /// What `outcome` says of each clause.
  func judge(_ outcome: Outcome) -> [Judgement] {
    flatMap(\.clauses).map { clause in
      Judgement(
        clause: clause, measured: outcome.measurement(clause.name),
        isMet: clause.holds(outcome.measurements))
    }
  }
}

/// What a run says of one objective.
public struct Judgement: Sendable, Hashable {
  /// What was wanted.
  public let clause: Condition.Clause
  /// What was measured.
  public let measured: Measurement?
  /// Whether the objective was met.
  public let isMet: Bool
}
