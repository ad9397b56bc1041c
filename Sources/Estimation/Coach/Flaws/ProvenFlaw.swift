import Kernel

/// A flawed estimate of which it has been shown that one line is wrong and the others hold.
public struct ProvenFlaw: Sendable, Hashable {
  /// The estimate.
  public let estimate: FlawedEstimate
  /// The place of the wrong line.
  public let place: Int
  /// What each line comes to with the lines before it at their stated values; for the wrong line
  /// what it should have come to.
  public let figures: [EstimateFigure]
  /// What was stated of the wrong line.
  public let stated: EstimateFigure

  /// The stated value over the right one.
  public var ratio: Double { stated.middle / figures[place].middle }

  /// What the wrong line should have come to, in the unit in which it was stated.
  public var rightText: String { figures[place].text(in: stated.unit) }

  /// The explanation with the factor.
  public var explanation: String {
    let line = estimate.lines[place]
    return "Line \(place + 1), '\(line.name)', is wrong: it says \(line.value), and right is "
      + "\(estimate.right) = \(rightText). "
      + "The line is \(SlipFinder.plainSentence(ratio: ratio)) \(estimate.why)"
  }

  /// What to say to somebody who takes the line at `answer` to be the wrong one.
  public func reply(to answer: Int) -> String {
    precondition(estimate.lines.indices.contains(answer), "there is no line \(answer)")
    if answer == place { return "Right. " + explanation }
    let line = estimate.lines[answer]
    return
      "Line \(answer + 1), '\(line.name)', holds: \(line.formula) is \(figures[answer].text), with "
      + "the lines before it as they stand."
  }
}

extension FlawedEstimate {
  /// How far the value of a line that holds may be from what it comes to: values are rounded.
  static let tolerance = 0.05
  /// By which factor the wrong line must differ from the right one, at least.
  static let smallestFactor = 1.15

  /// Shows that every line but the flawed one comes to its value within 5 %, with the lines before
  /// it at their stated values, and that the flawed one's value is off by a factor of 1.15 or more
  /// from what it should have been.
  ///
  /// Throws which line it is that does not, and what it came to.
  public func verify(reference: EstimateReference = .empty) throws(Diagnostic) -> ProvenFlaw {
    guard let place = lines.firstIndex(where: { $0.name == flaw }) else {
      throw Diagnostic.unknown("line", flaw, known: lines.map(\.name)).inPart("'\(id)'")
    }
    let values = try stated(reference)
    var before = try unitModel()
    var figures: [EstimateFigure] = []
    for (index, line) in lines.enumerated() {
      if index == place {
        try requireReadable(line, before)
        figures.append(try rightFigure(values, reference))
        try require(values[index], isOffFrom: figures[index])
      } else {
        var model = before
        try model.define(line.name, line.formula, part: part(line))
        let figure = try model.figure(of: line.name, part: part(line), reference: reference)
        try require(line, values[index], comesTo: figure, before)
        figures.append(figure)
      }
      try before.set(line.name, to: values[index].middle, in: values[index].unit)
    }
    return ProvenFlaw(estimate: self, place: place, figures: figures, stated: values[place])
  }

  private func part(_ line: Line) -> String { "the line '\(line.name)' of '\(id)'" }

  private func unitModel() throws(Diagnostic) -> EstimateModel {
    var model = EstimateModel()
    for unit in units { try model.declare(unit: unit) }
    return model
  }

  /// The values as they were stated.
  private func stated(_ reference: EstimateReference) throws(Diagnostic) -> [EstimateFigure] {
    var values: [EstimateFigure] = []
    var names = try unitModel()
    for line in lines {
      var model = try unitModel()
      let part = "the value of " + part(line)
      try model.define(line.name, line.value, part: part)
      try names.define(line.name, line.value, part: part)
      let value = try model.figure(of: line.name, part: part, reference: reference)
      guard value.middle > 0 else {
        throw Diagnostic(
          "In \(part): it is not above 0.", found: line.value, expected: "a value above 0")
      }
      values.append(value)
    }
    return values
  }

  /// What the flawed line should have come to, with all others at their stated values.
  private func rightFigure(
    _ values: [EstimateFigure], _ reference: EstimateReference
  ) throws(Diagnostic) -> EstimateFigure {
    let part = "what is right in '\(id)'"
    var model = try unitModel()
    for (line, value) in zip(lines, values) where line.name != flaw {
      try model.set(line.name, to: value.middle, in: value.unit)
    }
    try model.define(flaw, right, part: part)
    let figure = try model.figure(of: flaw, part: part, reference: reference)
    guard figure.middle > 0 else {
      throw Diagnostic(
        "In \(part): it comes to \(figure.text).", found: right, expected: "a value above 0")
    }
    return figure
  }

  /// The wrong line need not come to anything, but it must be in the language.
  private func requireReadable(_ line: Line, _ before: EstimateModel) throws(Diagnostic) {
    var model = before
    try model.define(line.name, line.formula, part: part(line))
  }

  // MARK: Proof

  private func require(
    _ line: Line, _ value: EstimateFigure, comesTo figure: EstimateFigure,
    _ model: EstimateModel
  ) throws(Diagnostic) {
    try requireKind(value, figure, part(line), model)
    let ratio = figure.middle / value.middle
    guard abs(ratio - 1) <= Self.tolerance * (1 + 1e-9) else {
      let text = figure.text(in: value.unit)
      throw Diagnostic(
        "In \(part(line)): it comes to \(text), and \(line.value) is stated.",
        found: line.value,
        expected: "a value within 5% of \(text), since only '\(flaw)' may be wrong")
    }
  }

  private func require(
    _ value: EstimateFigure, isOffFrom right: EstimateFigure
  ) throws(Diagnostic) {
    let part = "the line '\(flaw)' of '\(id)'"
    try requireKind(value, right, part, unitModel())
    let ratio = max(value.middle / right.middle, right.middle / value.middle)
    guard ratio >= Self.smallestFactor * (1 - 1e-9) else {
      throw Diagnostic(
        "In \(part): it is said to be wrong, but what is right comes to "
          + "\(right.text(in: value.unit)), too near to the stated value to be told from rounding.",
        found: value.text, expected: "a value that is off by a factor of 1.15 or more")
    }
  }

  private func requireKind(
    _ value: EstimateFigure, _ figure: EstimateFigure, _ part: String, _ model: EstimateModel
  ) throws(Diagnostic) {
    guard value.unit.dimension != figure.unit.dimension else { return }
    throw Diagnostic(
      "In \(part): it comes to \(figure.text), which is "
        + "\(model.units.name(of: figure.unit.dimension)), and the stated \(value.text) is "
        + "\(model.units.name(of: value.unit.dimension)).",
      found: value.text, expected: "a value of the same kind")
  }
}

extension EstimateFigure {
  /// The figure in another unit of its dimension.
  fileprivate func text(in unit: CompoundUnit) -> String {
    guard spread == nil, !isTruth else { return text }
    return FigureText.quantity(middle, unit, isShare: isShare)
  }
}
