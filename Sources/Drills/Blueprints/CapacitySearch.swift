public import Blueprints
import Kernel
import Simulation

/// The highest load that a design carries: doubled until the objectives are missed, then halved in
/// between until two neighbours are 2 % apart.
public struct CapacitySearch: Sendable {
  /// One run with a factor of the designed load.
  public struct Trial: Sendable {
    /// The factor.
    public let factor: Double
    /// The run.
    public let run: DrillRun
  }

  /// Every run, from the lowest load to the highest.
  public private(set) var trials: [Trial] = []

  /// Searches with runs of `request` under other loads.
  public init(
    _ design: Blueprint, _ request: ScenarioRequest, run: (ScenarioRequest) -> DrillRun
  ) throws(Diagnostic) {
    var (low, high) = (0.0, 1.0)
    try attempt(1, design, request, run)
    if trials[0].run.isPassed {
      while trials.allSatisfy(\.run.isPassed), high < 64 {
        low = high
        high *= 2
        try attempt(high, design, request, run)
      }
    }
    while high - low > 0.02 * high, high > 0.02 {
      let middle = (low + high) / 2
      try attempt(middle, design, request, run)
      if trials.last?.run.isPassed == true { low = middle } else { high = middle }
    }
    trials.sort { $0.factor < $1.factor }
  }

  private mutating func attempt(
    _ factor: Double, _ design: Blueprint, _ request: ScenarioRequest,
    _ run: (ScenarioRequest) -> DrillRun
  ) throws(Diagnostic) {
    var changed = request
    for component in design.components where component.load != nil {
      let knob = "\(component.name).rate"
      let rate = request.settings.number(knob) * factor
      try changed.settings.set(knob, DecimalText.significant(rate, digits: 8) + "/s")
    }
    trials.append(Trial(factor: factor, run: run(changed)))
  }

  /// The highest factor that met the objectives; nil when none did.
  public var factor: Double? { trials.last { $0.run.isPassed }?.factor }

  /// The first run beyond it.
  private var beyond: DrillRun? {
    trials.first { trial in !trial.run.isPassed && trial.factor > (factor ?? 0) }?.run
  }

  /// The objective that is missed first beyond it.
  public var missed: String? {
    beyond?.judgements.first { !$0.isMet }.map { "\($0.clause.name) \($0.clause.wanted)" }
  }

  /// The component that is used most then.
  public var hottest: String? {
    beyond?.outcome.measurements.filter { $0.name.hasSuffix(".use") }.max {
      ($0.value ?? 0) < ($1.value ?? 0)
    }.map { String($0.name.dropLast(4)) }
  }

  /// What was found, as a sentence.
  public var sentence: String {
    guard let factor else {
      return "It does not meet its objectives at any load that was tried; the first one missed is "
        + "\(missed ?? "unknown")."
    }
    let limit = missed.map { " Beyond that it misses \($0)" } ?? " No limit was found"
    let hot = hottest.map { "; \($0) is the hottest part." } ?? "."
    return "It carries \(Unit.ratio.text(factor)) times the designed load.\(limit)\(hot)"
  }
}
