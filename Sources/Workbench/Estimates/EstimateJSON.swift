import Estimation
import Kernel

/// Estimates as JSON with a stable schema.
enum EstimateJSON {
  /// Every statement of a model with what it came to.
  static func model(
    _ estimator: Estimator, options: EstimateOptions
  ) throws(EstimateComplaint) -> JSON {
    var results: [JSON] = []
    for place in estimator.places {
      let outcome = try estimator.outcome(at: place)
      guard outcome.kind != .declaration else { continue }
      results.append(try result(outcome, estimator))
    }
    return .members([
      "seed": .text("\(options.seed)"), "samples": .integer(options.samples),
      "results": .list(results),
      "remarks": .list(estimator.remarks.map { .text(EstimateView.sentence($0)) }),
    ])
  }

  private static func result(
    _ outcome: EstimateOutcome, _ estimator: Estimator
  ) throws(EstimateComplaint) -> JSON {
    var members: [JSON.Member] = [
      .init("name", outcome.name.map(JSON.text) ?? .null),
      .init("formula", .text(outcome.formula)),
      .init("kind", .text(kind(outcome.kind))),
    ]
    if case .expectation(let holds, let range) = outcome.kind {
      members.append(.init("expected", .text(range)))
      members.append(.init("holds", .boolean(holds)))
    }
    if case .hole(let unit, let dimension) = outcome.kind {
      members.append(.init("unit", .text(unit)))
      members.append(.init("dimension", .text(dimension)))
    }
    guard let figure = outcome.figure else { return .object(members) }
    members += self.figure(figure)
    let influences = try estimator.influences(at: outcome.place)
    members.append(.init("sensitivity", .list(influences.map(influence))))
    return .object(members)
  }

  private static func kind(_ kind: EstimateOutcome.Kind) -> String {
    switch kind {
    case .value: "value"
    case .decision: "decision"
    case .expectation: "expectation"
    case .hole: "hole"
    case .declaration: "declaration"
    }
  }

  private static func figure(_ figure: EstimateFigure) -> [JSON.Member] {
    let scale = figure.unit.scale
    var members: [JSON.Member] = [
      .init("unit", .text(figure.unit.text)),
      .init("value", .number(figure.middleInUnit)),
      .init("text", .text(figure.text)),
      .init("method", .text(method(figure.method))),
    ]
    if let spread = figure.spread {
      members += [
        .init("p5", .number(spread.p5 / scale)),
        .init("p50", .number(spread.p50 / scale)),
        .init("p95", .number(spread.p95 / scale)),
        .init("mean", .number(spread.mean / scale)),
      ]
    }
    return members
  }

  private static func method(_ method: EstimateMethod) -> String {
    switch method {
    case .arithmetic: "arithmetic"
    case .lognormal: "lognormal"
    case .normal: "normal"
    case .sampling: "sampling"
    }
  }

  private static func influence(_ influence: Influence) -> JSON {
    .members([
      "input": .text(influence.label),
      "measure": .text(influence.measure == .share ? "variance_share" : "rank_correlation"),
      "strength": .number(influence.strength),
    ])
  }
}
