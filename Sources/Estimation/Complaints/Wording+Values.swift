extension Wording {
  static func dimensions(_ reason: EstimateComplaint.Reason) -> Wording {
    switch reason {
    case .differ(let joint, let left, let right, let missing):
      Wording(
        message: sentence(joint), details: [line(left), line(right)],
        advice: advice(joint, missing, left, right))
    case .notPlain(let what, let side):
      Wording(
        message: "\(what) must be a plain number.", details: [line(side)],
        advice: what == "An exponent"
          ? "If the unit belongs to the whole power, multiply by it: … * 1 \(side.unit)."
          : "Divide by the unit to get a number: (\(side.text)) / (1 \(side.unit)).")
    case .noRoot(let side, let degree):
      Wording(
        message: "This has no root of degree \(degree): its unit cannot be split evenly.",
        details: [line(side)])
    case .unevenPower:
      Wording(
        message: "Only a plain number may have a fractional or uncertain power.",
        expected: "a whole number of at most 20 as the exponent of a quantity with a unit")
    case .tooManyDimensions:
      Wording(
        message: "This multiplies more units than any estimate means.",
        advice: "Check which of them should have cancelled.")
    case .likeUnits(let first, let second, let whole):
      Wording(
        message: "'\(first)' and '\(second)' measure the same, so '\(whole)' is no unit to show.",
        advice: "Multiply by what is below the line, and convert to what is above.")
    case .secondHole:
      Wording(
        message: "Only one '?' can be solved in a line.", advice: "Put a figure in its place.")
    case .holeInUse:
      Wording(
        message: "The '?' has no value, so nothing can be worked out with it.",
        advice: "Put a figure in its place.")
    case .holeWithoutContext:
      Wording(
        message: "Nothing here says what unit the '?' must have.",
        advice: "Convert the result: … * ? -> GB/day")
    default: values(reason)
    }
  }

  private static func line(_ side: EstimateComplaint.Side) -> String {
    side.unit.isEmpty
      ? "'\(side.text)' is a \(side.dimension)"
      : "'\(side.text)' is \(side.dimension), in \(side.unit)"
  }

  private static func sentence(_ joint: EstimateComplaint.Joint) -> String {
    switch joint {
    case .sum: "These cannot be added."
    case .difference: "These cannot be subtracted."
    case .comparison: "These cannot be compared."
    case .range: "The ends of a range must be of one kind."
    case .conversion: "The one cannot be converted into the other."
    case .expectation: "What is expected is of another kind than the result."
    case .branches: "Both branches must be of one kind."
    case .list: "All of these must be of one kind."
    }
  }

  private static func advice(
    _ joint: EstimateComplaint.Joint, _ missing: EstimateComplaint.Missing,
    _ left: EstimateComplaint.Side, _ right: EstimateComplaint.Side
  ) -> String? {
    switch missing {
    case .nothing: nil
    case .inverse: "The one is the other turned over: write 1 / (\(left.text))."
    case .unit(let example): advice(joint, example, left, right)
    case .factor(let unit, let dimension):
      "A factor of \(dimension) is missing: multiply '\(left.text)' by something in \(unit)."
    case .divisor(let unit, let dimension):
      "A division by \(dimension) is missing: divide '\(left.text)' by something in \(unit)."
    }
  }

  /// What to do where a plain number stands beside a quantity.
  private static func advice(
    _ joint: EstimateComplaint.Joint, _ example: String, _ left: EstimateComplaint.Side,
    _ right: EstimateComplaint.Side
  ) -> String {
    if joint == .conversion {
      return right.unit.isEmpty
        ? "A share is one amount divided by another of the same kind."
        : "Give the number its unit, as in '\(example)', or leave out the conversion."
    }
    if right.text.hasSuffix("%"), joint == .sum || joint == .difference {
      let sign = joint == .sum ? "+" : "-"
      return "For so much \(joint == .sum ? "more" : "less"), multiply: "
        + "(\(left.text)) * (1 \(sign) \(right.text))."
    }
    let unit = "Give the plain number its unit, as in '\(example)'"
    return joint == .difference && left.unit.isEmpty
      ? unit + "; for a range write '\(left.text) to \(right.text)'." : unit + "."
  }

  private static func values(_ reason: EstimateComplaint.Reason) -> Wording {
    switch reason {
    case .rangeUpsideDown:
      Wording(
        message: "The low end of this range lies above its high end.", expected: "LOW to HIGH")
    case .rangeEndUncertain:
      Wording(
        message: "An end of a range must be one number, and this is a range itself.",
        expected: "LOW to HIGH with plain figures")
    case .rangeEndWithoutUnit(let text):
      Wording(
        message: "'\(text)' has no unit, and the other end has one.",
        advice: "Put the unit behind the high end; it then counts for both.")
    case .rangeToUnit(let unit):
      Wording(
        message: "'\(unit)' is a unit, and a range needs a figure at each end.",
        expected: "LOW to HIGH", advice: "To convert, write '-> \(unit)'.")
    case .notFinite(let why): Wording(message: why)
    case .mustBeExact(let what):
      Wording(message: "\(what) must be one number, and this is a range.")
    case .argumentCount(let function, let usage, let given):
      Wording(message: "'\(function)' does not take \(given) arguments.", expected: usage)
    case .missingArgument(let function, let name, let usage):
      Wording(message: "'\(function)' needs its argument '\(name)'.", expected: usage)
    case .unknownArgument(let word, let nearest, let usage):
      Wording(
        message: "There is no argument called '\(word)'.", expected: usage, suggestion: nearest)
    case .argumentTwice(let word): Wording(message: "The argument '\(word)' is given twice.")
    case .wrongArgument(let function, let name, let expected, let found):
      Wording(
        message: "'\(function)' cannot take this as its argument '\(name)'.",
        details: [line(found)], expected: expected)
    case .refused(let what, let reason, let expected):
      Wording(message: "\(what) \(reason).", expected: expected)
    case .unknownTariff(let word, let nearest):
      Wording(
        message: "There is no price list called '\(word)'.",
        advice: "'estimate constants' lists them.",
        suggestion: nearest)
    case .reference(let why):
      Wording(message: "The constants cannot be read: \(why)")
    case .notAnInput(let word):
      Wording(
        message: "'\(word)' is no input: only a name that stands for one range can be correlated.",
        advice: "Give the range a name of its own: \(word) = LOW to HIGH")
    case .correlation(let why): Wording(message: why)
    case .definedTwice(let word): Wording(message: "'\(word)' is defined twice.")
    default: Wording(message: "This cannot be read.")
    }
  }
}
