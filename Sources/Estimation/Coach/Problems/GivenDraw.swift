import Kernel

extension ProblemFamily.Given {
  /// What complaints call it.
  var part: String { "the given '\(name)'" }

  /// The value that `seed` gives it in the family called `family`, as a formula that people read.
  func text(
    seed: UInt64, family: String, model: EstimateModel, reference: EstimateReference
  ) throws(Diagnostic) -> String {
    var stream = RandomStream(seed: seed, name: "practice/\(family)/\(name)")
    switch choice {
    case .value(let text): return text
    case .oneOf(let texts):
      guard !texts.isEmpty else { throw noChoice }
      return texts[stream.below(texts.count)]
    case .draw(let text):
      let span = try DrawnSpan(text, part: part, model: model, reference: reference)
      return span.text(at: stream.unit())
    }
  }

  /// The values that a check has to try: both ends of a draw, or all there are.
  func extremes(
    model: EstimateModel, reference: EstimateReference
  ) throws(Diagnostic) -> [String] {
    switch choice {
    case .value(let text): return [text]
    case .oneOf(let texts):
      guard !texts.isEmpty else { throw noChoice }
      return texts
    case .draw(let text):
      let span = try DrawnSpan(text, part: part, model: model, reference: reference)
      return [span.text(at: 0), span.text(at: 1)]
    }
  }

  private var noChoice: Diagnostic {
    Diagnostic("In \(part): there is nothing to choose from.", expected: "at least one value")
  }
}

/// The ends between which a given is drawn.
struct DrawnSpan {
  /// In base units, above 0.
  let low: Double
  let high: Double
  let unit: CompoundUnit
  let isShare: Bool

  /// Reads `LOW to HIGH`.
  init(
    _ text: String, part: String, model: EstimateModel, reference: EstimateReference
  ) throws(Diagnostic) {
    let source = SourceText(text)
    let run = EstimateRun(model, options: EstimateOptions(), reference: reference)
    do throws(EstimateComplaint) {
      var parser = Parser(source, table: model.units)
      guard let statement = try parser.statement(), case .show = statement.kind,
        case .range(let low, let high, _)? = statement.formula, try parser.statement() == nil
      else {
        throw EstimateComplaint(
          .expected("LOW to HIGH, such as 50M to 800M users", instead: text),
          at: SourceRange(0, source.bytes.count), in: source)
      }
      let scope = Scope(statement: statement, place: -1, owner: nil)
      let bottom = try run.evaluate(low, scope)
      let top = try run.evaluate(high, scope)
      try run.require(.range, (low, bottom), (high, top), scope)
      self.low = bottom.magnitude.exactValue ?? 0
      self.high = top.magnitude.exactValue ?? 0
      unit = top.unit
      isShare = top.isShare
    } catch {
      throw error.diagnostic.inPart(part)
    }
    guard self.low > 0, self.low < self.high, rounded(self.low) <= self.high else {
      throw Diagnostic(
        "In \(part): no value with one significant digit can be drawn from this.", found: text,
        expected: "ends above 0, the low one first")
    }
  }

  /// The value that lies at `share` of the way from the low end to the high one on the log scale.
  func text(at share: Double) -> String {
    let (bottom, top) = (PortableMath.log(low), PortableMath.log(high))
    let value = PortableMath.exp(bottom + share * (top - bottom))
    return FigureText.quantity(rounded(value), unit, isShare: isShare)
  }

  /// The value to one significant digit in the unit, within the ends: `0.04`, `700`.
  private func rounded(_ value: Double) -> Double {
    let figure = value / unit.scale
    let nearest = FigureText.rounded(figure, digits: 1)
    let step = digitStep(nearest)
    let slack = 1e-9
    if nearest * unit.scale < low * (1 - slack) {
      return FigureText.rounded(nearest + step, digits: 1) * unit.scale
    }
    if nearest * unit.scale > high * (1 + slack) {
      // Below 1, 10, 100 the step is a tenth of that above.
      let lower = nearest - (nearest == step ? step / 10 : step)
      return FigureText.rounded(lower, digits: 1) * unit.scale
    }
    return nearest * unit.scale
  }

  /// One in the place of the first digit.
  private func digitStep(_ figure: Double) -> Double {
    PortableMath.power(10, PortableMath.log10(figure * (1 + 1e-9)).rounded(.down))
  }
}
