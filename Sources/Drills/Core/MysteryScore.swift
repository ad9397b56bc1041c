/// What finding the bug of a mystery is worth: cause, questions and time, 100 points in all.
public struct MysteryScore: Sendable, Hashable {
  /// For naming the cause: 60 at once, 30 at the second try, else 0.
  public let cause: Int
  /// For the points of the budget that are left: 25 for all of them.
  public let queries: Int
  /// For the time: 15 up to five minutes, none from twenty on, evenly between.
  public let time: Int

  /// All points.
  public var total: Int { cause + queries + time }

  /// The points of what is left of a mystery's questions to begin with.
  public static let budget = 12
  /// The names that may be tried.
  public static let tries = 2
  /// The points that a wrong name costs.
  public static let wrongNameCost = 3

  /// The score of the answer after `tries` names, with `spent` points of the budget gone and
  /// `seconds` after the start; without the right name nothing else counts.
  public init(isRight: Bool, tries: Int, spent: Int, seconds: Double) {
    guard isRight else {
      cause = 0
      queries = 0
      time = 0
      return
    }
    cause = tries <= 1 ? 60 : 30
    queries = 25 * max(0, Self.budget - spent) / Self.budget
    let share = (1_200 - seconds) / (1_200 - 300)
    time = Int(15 * min(1, max(0, share)))
  }
}

/// A question to a mystery, and what it costs.
public enum MysteryQuery: String, Sendable, Hashable, CaseIterable {
  /// One figure of the run.
  case metric
  /// One figure over time.
  case series
  /// A page of what happened.
  case logs
  /// From the first cause to the last consequence.
  case trace
  /// What became of invariants and guarantees.
  case findings
  /// A figure of the run beside that of the healthy mechanism.
  case baseline
  /// The same run under other settings or faults.
  case rerun

  /// The points of the budget that it takes.
  public var cost: Int {
    switch self {
    case .metric, .series, .logs: 1
    case .trace, .baseline: 2
    case .rerun: 3
    case .findings: 4
    }
  }
}
