import Kernel

/// A learner's answer: a number or a 90 % range, with its unit.
public struct EstimateAnswer: Sendable, Hashable {
  /// What was typed.
  public let text: String
  /// The number, or the low end of the range, in base units; above 0.
  public let low: Double
  /// The number, or the high end of the range, in base units.
  public let high: Double
  /// The unit that was typed; the one expected where a bare number would do.
  public let unit: CompoundUnit
  /// How far the true figure may lie from a number that was rounded to the digits typed.
  ///
  /// A natural logarithm: `46k` stands for anything within 1.1 %. 0 for what was computed, nil for
  /// ranges.
  let rounding: Double?

  /// Whether it is a range and not one number.
  public var isRange: Bool { low < high }

  /// The number, or the geometric middle of the range, in base units.
  public var middle: Double {
    guard isRange else { return low }
    return PortableMath.exp((PortableMath.log(low) + PortableMath.log(high)) / 2)
  }

  /// Whether the range holds `value`; an end counts as inside.
  public func holds(_ value: Double) -> Bool {
    low * (1 - 1e-9) <= value && value <= high * (1 + 1e-9)
  }

  /// The answer as it is shown back: `46,000 messages/s`, `40,000 to 60,000 messages/s`.
  public var figureText: String {
    isRange ? FigureText.range(low, high, unit, digits: 3) : FigureText.quantity(low, unit)
  }

  /// Reads an answer to a question whose right answer is `expected`.
  ///
  /// `units` holds the units that the question declares; its names are not known here. Throws what
  /// is wrong with the line: it cannot be read, has no unit, or one of another dimension.
  public init(
    reading line: String, for expected: EstimateFigure, units: EstimateModel = EstimateModel()
  ) throws(Diagnostic) {
    let read = try AnswerReader(line, units: units, expected: expected)
    text = line
    low = read.low
    high = read.high
    unit = read.unit
    rounding = read.rounding
  }
}

extension Problem {
  /// Reads an answer to the step at `place`, counted from 0.
  ///
  /// Throws what is wrong with the line: it cannot be read, has no unit, or one of another
  /// dimension.
  public func answer(_ line: String, to place: Int) throws(Diagnostic) -> EstimateAnswer {
    precondition(answers.indices.contains(place), "a problem has no step \(place)")
    return try EstimateAnswer(reading: line, for: answers[place], units: units)
  }
}
