public import Blueprints
import Kernel
import Simulation

/// A run of a design without one of its guards, on the same seed and under the same faults.
public struct Ablation: Sendable {
  /// The knob of the guard that was taken away.
  public let knob: String
  /// The share of requests that went well without it.
  public let success: Double?
  /// The 99th percentile without it, in seconds.
  public let p99: Double?
  /// Whether the objectives were met without it.
  public let isPassed: Bool
  /// Whether its absence changed any of that.
  public let isFelt: Bool

  /// Every guard of `design` taken away by itself, the most valuable first.
  ///
  /// `run` runs a request and judges it.
  public static func parts(
    of design: Blueprint, _ request: ScenarioRequest,
    run: (ScenarioRequest) -> DrillRun
  ) throws(Diagnostic) -> [Ablation] {
    let whole = run(request)
    let success = whole.outcome.measurement("success")?.value
    let p99 = whole.outcome.measurement("p99")?.value
    var parts: [Ablation] = []
    for (knob, without) in BlueprintKnobs.guards(request.settings, of: design) {
      var changed = request
      try changed.settings.set(knob, without)
      let less = run(changed)
      let (lessSuccess, lessP99) = (
        less.outcome.measurement("success")?.value, less.outcome.measurement("p99")?.value
      )
      parts.append(
        Ablation(
          knob: knob, success: lessSuccess, p99: lessP99, isPassed: less.isPassed,
          isFelt: lessSuccess != success || lessP99 != p99))
    }
    return parts.enumerated().sorted { left, right in
      let (a, b) = (left.element.success ?? 0, right.element.success ?? 0)
      if a != b { return a < b }
      let (c, d) = (left.element.p99 ?? .infinity, right.element.p99 ?? .infinity)
      return c == d ? left.offset < right.offset : c > d
    }.map(\.element)
  }
}
