import Kernel

/// What one statement of an estimate came to.
public struct EstimateOutcome: Sendable {
  /// What kind of statement it was.
  public enum Kind: Sendable, Hashable {
    /// A value.
    case value
    /// A value on which a decision hangs.
    case decision
    /// An expectation: whether the middle of the result falls into the range, and the range.
    case expectation(holds: Bool, range: String)
    /// A `?`: the unit and the dimension that it must have.
    case hole(unit: String, dimension: String)
    /// A declaration, which has no value.
    case declaration
  }

  /// The place of the statement in the model.
  public let place: Int
  /// The name that is defined or spoken of, if any.
  public let name: String?
  /// The formula as it was written.
  public let formula: String
  /// What kind of statement it was.
  public let kind: Kind
  /// What it came to; nil for declarations and holes.
  public let figure: EstimateFigure?
}

/// A value, ready to be shown.
public struct EstimateFigure: Sendable, Hashable {
  /// The unit in which it reads best.
  public let unit: CompoundUnit
  /// Whether it is a plain number that reads best in percent.
  public let isShare: Bool
  /// Whether it says yes (1) or no (0).
  public let isTruth: Bool
  /// The value, or the median of its distribution, in base units.
  public let middle: Double
  /// How it is spread; nil when it is one number.
  public let spread: Spread?
  /// How it was worked out.
  public let method: EstimateMethod

  /// The value in words: `4,630 messages/s`, `4.1 to 12 TB, median 7`, `yes in 83% of cases`.
  public var text: String {
    if isTruth { return truth }
    // Both ends may round to the same figure.
    guard spread != nil, rangeText != middleText else { return middleText }
    return "\(rangeText), median \(medianText)"
  }

  /// The median beside the range, which says the unit already.
  public var medianText: String {
    let words = " " + unit.text
    let isShort = !unit.isOne && rangeText.hasSuffix(words) && middleText.hasSuffix(words)
    return isShort ? String(middleText.dropLast(words.count)) : middleText
  }

  /// The value, or the median, with its unit.
  public var middleText: String {
    FigureText.quantity(middle, unit, isShare: isShare, digits: spread == nil ? nil : 2)
  }

  /// The 90 % range with its unit; the value where there is no range.
  public var rangeText: String {
    guard let spread else { return middleText }
    return FigureText.range(spread.p5, spread.p95, unit, isShare: isShare)
  }

  private var truth: String {
    guard let spread else { return middle == 0 ? "no" : "yes" }
    return "yes in \(FigureText.share(spread.mean, digits: 2)) of cases"
  }

  /// The value, or the median, in the unit.
  public var middleInUnit: Double { middle / unit.scale }
}

/// Evaluates a model and tells what came of it.
public struct Estimator {
  let run: EstimateRun

  /// An evaluation of `model`.
  public init(
    _ model: EstimateModel, options: EstimateOptions = EstimateOptions(),
    reference: EstimateReference = .empty
  ) {
    run = EstimateRun(model, options: options, reference: reference)
  }

  /// Remarks on what was evaluated so far: conventions and easy slips.
  public var remarks: [EstimateRemark] { run.remarks }

  /// The places of all statements.
  public var places: Range<Int> { run.model.statements.indices }

  /// The line of the source that the statement at `place` begins in; nil when lines have no numbers.
  public func line(at place: Int) -> Int? {
    let statement = run.model.statements[place]
    let line = statement.source.position(of: statement.range.start).line
    return statement.source.firstLine.map { $0 + line - 1 }
  }

  /// What the value called `name` came to; nil when nothing is called that.
  public func outcome(of name: String) throws(EstimateComplaint) -> EstimateOutcome? {
    guard let place = run.model.place(of: name) else { return nil }
    return try outcome(at: place)
  }

  /// The values below which the given shares of the value called `name` lie, in base units; the
  /// shares must rise.
  ///
  /// Nil when nothing is called that or it is one number.
  public func percentiles(
    of name: String, at shares: [Double]
  ) throws(EstimateComplaint) -> [Double]? {
    guard let place = run.model.place(of: name) else { return nil }
    switch try run.value(at: place).magnitude {
    case .exact: return nil
    case .gaussian(let form):
      let deviation = try run.variance(of: form).squareRoot()
      return shares.map {
        form.value(at: PortableMath.normalQuantile($0), deviation: deviation)
      }
    case .sampled(let column): return Percentiles.values(of: column, at: shares)
    }
  }

  /// What the statement at `place` came to.
  public func outcome(at place: Int) throws(EstimateComplaint) -> EstimateOutcome {
    let statement = run.model.statements[place]
    let scope = Scope(statement: statement, place: place, owner: run.model.definedName(place))
    let formula = statement.formula.map { statement.text($0.range) } ?? ""
    func outcome(
      _ kind: EstimateOutcome.Kind, _ name: String?, _ figure: EstimateFigure?
    ) -> EstimateOutcome {
      EstimateOutcome(place: place, name: name, formula: formula, kind: kind, figure: figure)
    }
    switch statement.kind {
    case .unit(let word, _): return outcome(.declaration, statement.text(word), nil)
    case .correlate:
      _ = try run.correlated()
      return outcome(.declaration, nil, nil)
    case .expect(let name): return try expectation(name, scope)
    case .define, .show: break
    }
    if let formula = statement.formula, let unit = try HoleSolver.solve(formula, in: run, scope) {
      let dimension = run.model.units.name(of: unit.dimension)
      return outcome(.hole(unit: unit.text, dimension: dimension), scope.owner, nil)
    }
    let figure = try figure(run.value(at: place), statement.range, scope)
    var kind = EstimateOutcome.Kind.value
    if case .define(_, true) = statement.kind { kind = .decision }
    return outcome(kind, scope.owner, figure)
  }

  /// A value as it is shown; complains about what is no number.
  func figure(
    _ value: Value, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> EstimateFigure {
    let magnitude = value.magnitude.settled
    let spread = try run.spread(of: magnitude)
    let middle = magnitude.exactValue ?? spread?.p50 ?? .nan
    let isKnown = spread.map { $0.p5.isFinite && $0.p95.isFinite && $0.mean.isFinite } ?? true
    guard middle.isFinite, isKnown else {
      throw scope.complaint(
        .notFinite(
          "This comes to no finite number: it divides by zero, takes a root or logarithm of what is "
            + "not above zero, or grows too large."), range)
    }
    return EstimateFigure(
      unit: value.isConverted ? value.unit : value.unit.readable(for: middle, in: run.model.units),
      isShare: value.isShare, isTruth: value.isTruth, middle: middle, spread: spread,
      method: run.method(of: magnitude))
  }

  /// Whether a result falls into the range that was expected.
  private func expectation(
    _ name: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> EstimateOutcome {
    let statement = scope.statement
    let word = statement.text(name)
    guard let place = run.model.place(of: word), let formula = statement.formula else {
      throw scope.complaint(
        .unknownWord(word, nearest: NearestWord.nearest(to: word, in: run.model.names), hint: nil),
        name)
    }
    let result = try run.value(at: place)
    let expected = try run.value(at: scope.place)
    try run.require(.expectation, (.word(name), result), (formula, expected), scope)
    let figure = try figure(result, name, scope)
    let wanted = try self.figure(expected, formula.range, scope)
    // A single figure is met within one in a hundred: it was rounded when it was written down.
    let low = wanted.spread?.p5 ?? min(wanted.middle * 0.99, wanted.middle * 1.01)
    let high = wanted.spread?.p95 ?? max(wanted.middle * 0.99, wanted.middle * 1.01)
    // An end belongs to the range, whatever the last bit of its logarithm says.
    let slack = max(abs(low), abs(high)) * 1e-9
    let holds = low - slack <= figure.middle && figure.middle <= high + slack
    return EstimateOutcome(
      place: scope.place, name: word, formula: statement.text(formula.range),
      kind: .expectation(holds: holds, range: statement.text(formula.range)), figure: figure)
  }
}
