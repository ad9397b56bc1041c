import Kernel

/// Turns a learner's line into ends, unit and precision.
struct AnswerReader {
  let low: Double
  let high: Double
  let unit: CompoundUnit
  let rounding: Double?

  private let statement: Statement
  private let formula: Expression
  private let value: Value

  init(
    _ line: String, units: EstimateModel, expected: EstimateFigure
  ) throws(Diagnostic) {
    guard line.contains(where: { !$0.isWhitespace }) else {
      throw Diagnostic("Nothing was typed.", expected: Self.wanted(expected))
    }
    let source = SourceText(line)
    let estimator = Estimator(units)
    let figure: EstimateFigure
    do throws(EstimateComplaint) {
      (statement, formula) = try Self.formula(source, units, expected)
      let scope = Scope(statement: statement, place: -1, owner: nil)
      value = try estimator.run.evaluate(formula, scope)
      figure = try estimator.figure(value, formula.range, scope)
      guard !figure.isTruth else {
        throw scope.complaint(
          .expected(Self.wanted(expected), instead: scope.text(formula.range)), formula.range)
      }
    } catch {
      throw error.diagnostic
    }
    unit = value.dimension.isOne ? expected.unit : value.unit
    low = figure.spread?.p5 ?? figure.middle
    high = figure.spread?.p95 ?? figure.middle
    rounding = figure.spread == nil ? SignificantDigits.rounding(of: formula, in: statement) : nil
    try requireUnit(expected, estimator.run)
    guard low > 0 else {
      throw Diagnostic(
        figure.spread == nil
          ? "An estimate is above 0: it is graded by how many times too high or too low it is."
          : "Both ends of the range must be above 0: it is graded by how many times it is off.",
        found: line)
    }
  }

  /// The one formula of the line.
  private static func formula(
    _ source: SourceText, _ units: EstimateModel, _ expected: EstimateFigure
  ) throws(EstimateComplaint) -> (Statement, Expression) {
    var parser = Parser(source, table: units.units)
    let statement = try parser.statement()
    guard let statement, case .show = statement.kind, let formula = statement.formula,
      try parser.statement() == nil
    else {
      let range = statement?.range ?? SourceRange(0, 0)
      throw EstimateComplaint(
        .expected(wanted(expected), instead: source.text(range)), at: range, in: source)
    }
    return (statement, formula)
  }

  private static func wanted(_ expected: EstimateFigure) -> String {
    let (unit, scale) = (expected.unit, expected.unit.scale)
    if expected.isShare { return "a share or a range, such as 5% or 3% to 8%" }
    let range = FigureText.range(3 * scale, 8 * scale, unit)
    return "a number or a range, such as \(FigureText.quantity(5 * scale, unit)) or \(range)"
  }

  // MARK: Units

  /// Refuses an answer that is not of the dimension asked for; a bare number will do for a plain
  /// number of something, such as servers.
  private func requireUnit(
    _ expected: EstimateFigure, _ run: EstimateRun
  ) throws(Diagnostic) {
    let wanted = expected.unit.dimension
    guard value.dimension != wanted else { return }
    let typed = statement.text(formula.range)
    if value.dimension.isOne {
      guard !wanted.isPlainCount else { return }
      var complaint = Diagnostic("'\(typed)' has no unit.", column: 1, found: typed)
      complaint.advice = "Say it in a unit such as \(expected.unit.text)."
      throw complaint
    }
    let asked = Value(magnitude: .exact(expected.unit.scale), unit: expected.unit)
    let scope = Scope(statement: statement, place: -1, owner: nil)
    var complaint = scope.complaint(
      .differ(
        .expectation, left: run.side(formula, value, scope),
        right: EstimateComplaint.Side(
          text: "what is asked for", dimension: run.model.units.name(of: wanted),
          unit: expected.unit.text), missing: run.missing(value, asked)), formula.range
    ).diagnostic
    complaint.message = "This is of another kind than what is asked for."
    if wanted.isOne { complaint.advice = "The answer is a plain number: leave out the unit." }
    throw complaint
  }
}

extension Dimension {
  /// Whether it is a number of one kind of thing that is counted: servers, messages.
  var isPlainCount: Bool {
    let factors = factors
    return factors.count == 1 && factors[0].exponent == 1
      && factors[0].base >= StandardUnits.firstCountable
  }
}
