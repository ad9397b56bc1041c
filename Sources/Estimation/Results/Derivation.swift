import Kernel

/// How a value came about, line by line.
public struct Derivation: Sendable, Hashable {
  /// One line of it.
  public struct Step: Sendable, Hashable {
    /// The name that the line defines; nil for a formula alone.
    public let name: String?
    /// The formula as it was written.
    public let formula: String
    /// The formula with figures in place of names; nil when there are no names in it.
    public let filled: String?
    /// The units that went away, in words.
    public let cancelled: [String]
    /// The conversion factors that were used, as in `1 day = 86,400 s`.
    public let conversions: [String]
    /// What it came to.
    public let result: String
    /// Whether the formula is a figure or a range and nothing else, so that the result says no more.
    public let isGiven: Bool
  }

  /// A constant that was used.
  public struct Used: Sendable, Hashable {
    /// The constant.
    public let constant: EstimateConstant
    /// Its figure in words.
    public let figure: String
  }

  /// The lines, each after those it rests on.
  public let steps: [Step]
  /// The constants that were used.
  public let constants: [Used]
}

extension Estimator {
  /// How the value of the statement at `place` came about.
  public func derivation(at place: Int) throws(EstimateComplaint) -> Derivation {
    let tracing = EstimateRun(run.model, options: run.options, reference: run.reference)
    tracing.story = [:]
    let web = try tracing.web(of: place)
    var steps: [Derivation.Step] = []
    for place in web.places { steps.append(try step(place, tracing)) }
    var constants: [Derivation.Used] = []
    for constant in web.constants {
      let value = try tracing.value(of: constant)
      let scope = try constant.scope()
      let figure = try figure(value, scope.statement.range, scope)
      constants.append(.init(constant: constant, figure: figure.rangeText))
    }
    return Derivation(steps: steps, constants: constants)
  }

  private func step(
    _ place: Int, _ tracing: EstimateRun
  ) throws(EstimateComplaint) -> Derivation.Step {
    let statement = run.model.statements[place]
    let scope = Scope(statement: statement, place: place, owner: run.model.definedName(place))
    let figure = try figure(tracing.value(at: place), statement.range, scope)
    let story = tracing.story?[place] ?? CompoundUnit.Cancelling()
    var conversions: [String] = []
    for conversion in story.conversions {
      let text = Self.text(conversion)
      if !conversions.contains(text) { conversions.append(text) }
    }
    var cancelled: [String] = []
    for atom in story.cancelled where !cancelled.contains(atom.symbol) {
      cancelled.append(atom.symbol)
    }
    return Derivation.Step(
      name: scope.owner, formula: statement.formula.map { statement.text($0.range) } ?? "",
      filled: try filled(statement, scope, tracing), cancelled: cancelled,
      conversions: conversions, result: figure.rangeText,
      isGiven: statement.formula?.isGiven == true)
  }

  private static func text(_ conversion: CompoundUnit.Conversion) -> String {
    let factor = FigureText.number(conversion.factor, digits: 6)
    return "1 \(conversion.larger.symbol) = \(factor) \(conversion.smaller.plural)"
  }

  /// The formula with the figures of its names in their places.
  private func filled(
    _ statement: Statement, _ scope: Scope, _ tracing: EstimateRun
  ) throws(EstimateComplaint) -> String? {
    guard let formula = statement.formula else { return nil }
    var text = ""
    var end = formula.range.start
    for range in formula.words(in: statement) {
      guard let figure = try wordFigure(range, scope, tracing) else { continue }
      text += statement.text(SourceRange(end, range.start))
      text += figure.contains(" to ") && !isAlone(range, statement) ? "(\(figure))" : figure
      end = range.end
    }
    guard end > formula.range.start else { return nil }
    return text + statement.text(SourceRange(end, formula.range.end))
  }

  /// The figure of a word, when it is the name of a value or a constant.
  private func wordFigure(
    _ range: SourceRange, _ scope: Scope, _ tracing: EstimateRun
  ) throws(EstimateComplaint) -> String? {
    let text = scope.text(range)
    let value: Value
    if text == "_" || run.model.place(of: text) != nil {
      value = try tracing.evaluate(text == "_" ? .last(range) : .word(range), scope)
    } else if run.model.units.unit(text) == nil,
      let constant = (try? run.reference.constant(text)) ?? nil
    {
      value = try tracing.value(of: constant)
    } else {
      return nil
    }
    let figure = try figure(value, range, scope)
    return figure.rangeText
  }

  /// Whether a word is a whole argument, so that a range in its place needs no parentheses.
  private func isAlone(_ range: SourceRange, _ statement: Statement) -> Bool {
    let bytes = statement.source.bytes
    let space = UInt8(ascii: " ")
    let before = bytes[..<range.start].last { $0 != space }
    let after = bytes[range.end...].first { $0 != space }
    let opens = before == UInt8(ascii: "(") || before == UInt8(ascii: ",")
    return opens && (after == UInt8(ascii: ")") || after == UInt8(ascii: ","))
  }
}

extension Expression {
  /// Whether it is a figure or a range of figures.
  fileprivate var isGiven: Bool {
    switch self {
    case .number, .quantity: true
    case .negative(let inner, _): inner.isGiven
    case .range(let low, let high, _): low.isGiven && high.isGiven
    default: false
    }
  }
}

extension EstimateConstant {
  /// Where its formula stands while it is evaluated.
  func scope() throws(EstimateComplaint) -> Scope {
    Scope(statement: try statement(), place: -1, owner: id)
  }
}
