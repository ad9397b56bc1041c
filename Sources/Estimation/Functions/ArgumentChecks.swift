import Kernel

/// What the functions ask of their arguments before they compute.
///
/// Each check returns the argument at a place, counted from 0, or throws why it does not fit; what
/// is not a number fits nowhere.
extension UnsafeBufferPointer<Double> {
  /// A number above 0.
  func above0(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value > 0, value < .infinity { return value }
    throw FormulaRefusal(
      argument: place, reason: "is not above 0", expected: "a number above 0")
  }

  /// A number of 0 or more.
  func atLeast0(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value >= 0, value < .infinity { return value }
    throw FormulaRefusal(
      argument: place, reason: "is below 0", expected: "a number of 0 or more")
  }

  /// A number of 1 or more.
  func atLeast1(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value >= 1, value < .infinity { return value }
    throw FormulaRefusal(
      argument: place, reason: "is below 1", expected: "a number of 1 or more")
  }

  /// A growth for each period: above -100 %.
  func growth(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value > -1, value < .infinity { return value }
    throw FormulaRefusal(
      argument: place, reason: "is not above -100%",
      expected: "a growth for each period, such as 40% (or -10% for a decline)")
  }

  /// A share, its ends included.
  func share(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value >= 0, value <= 1 { return value }
    throw FormulaRefusal(
      argument: place, reason: "does not lie between 0 and 1",
      expected: "a share between 0 and 1, such as 99.9%")
  }

  /// A share without its ends.
  func innerShare(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value > 0, value < 1 { return value }
    throw FormulaRefusal(
      argument: place, reason: "does not lie above 0 and below 1",
      expected: "a share above 0 and below 1, such as 1%")
  }

  /// A percentile as a share, below 1: its complement is the share that is slower.
  func percentile(_ place: Int) throws(FormulaRefusal) -> Double {
    let value = self[place]
    if value >= 0, value < 1 { return value }
    throw FormulaRefusal(
      argument: place, reason: "is not a percentile from 0 up to but without 100%",
      expected: "a share such as 99% for the 99th percentile")
  }

  /// A whole number from `least` up to a billion; what rounding has moved by a billionth counts
  /// as whole.
  func whole(_ place: Int, from least: Double = 1) throws(FormulaRefusal) -> Double {
    let value = self[place]
    let nearest = value.rounded()
    let isWithin = nearest >= least && nearest <= 1e9
    if isWithin, abs(value - nearest) <= 1e-9 * nearest { return nearest }
    let range = "\(DecimalText.grouped(least)) to 1 billion"
    throw FormulaRefusal(
      argument: place, reason: isWithin ? "is not whole" : "does not lie in \(range)",
      expected: "a whole number from \(range)" + (isWithin ? "; ceil rounds up" : ""))
  }
}
