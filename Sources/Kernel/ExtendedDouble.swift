/// An unevaluated sum of two doubles, about 106 significant bits, out of `+ - * /` alone.
///
/// It carries the intermediate results of `PortableMath`, so that what is rounded at the end is
/// right to the last bit nearly always. No fused multiply-add is used: a processor that has one
/// must give the same bits as a processor that has none.
///
/// Source: Dekker, "A floating-point technique for extending the available precision" (1971);
/// Knuth, The Art of Computer Programming, volume 2, section 4.2.2.
struct ExtendedDouble {
  /// The sum rounded to a double.
  var high: Double
  /// What the rounding left over.
  var low: Double

  init(high: Double, low: Double = 0) {
    self.high = high
    self.low = low
  }

  /// `left + right` without error.
  static func sum(_ left: Double, _ right: Double) -> ExtendedDouble {
    let high = left + right
    let rightPart = high - left
    let leftPart = high - rightPart
    return ExtendedDouble(high: high, low: (left - leftPart) + (right - rightPart))
  }

  /// `left * right` without error, for factors below 2^996.
  static func product(_ left: Double, _ right: Double) -> ExtendedDouble {
    let high = left * right
    let (a, b) = halves(left)
    let (c, d) = halves(right)
    return ExtendedDouble(high: high, low: ((a * c - high) + a * d + b * c) + b * d)
  }

  /// The upper 26 bits of `value` and the rest, whose products are exact.
  private static func halves(_ value: Double) -> (Double, Double) {
    let shifted = value * 134_217_729
    let upper = shifted - (shifted - value)
    return (upper, value - upper)
  }

  static func + (left: ExtendedDouble, right: ExtendedDouble) -> ExtendedDouble {
    let total = sum(left.high, right.high)
    return total.adding(left.low + right.low)
  }

  static func * (left: ExtendedDouble, right: ExtendedDouble) -> ExtendedDouble {
    let main = product(left.high, right.high)
    return main.adding(left.high * right.low + left.low * right.high)
  }

  static func * (left: ExtendedDouble, right: Double) -> ExtendedDouble {
    let main = product(left.high, right)
    return main.adding(left.low * right)
  }

  static func / (left: Double, right: ExtendedDouble) -> ExtendedDouble {
    let quotient = left / right.high
    let covered = product(quotient, right.high)
    let rest = ((left - covered.high) - covered.low) - quotient * right.low
    return ExtendedDouble(high: quotient, low: rest / right.high)
  }

  static func / (left: ExtendedDouble, right: ExtendedDouble) -> ExtendedDouble {
    let quotient = left.high / right.high
    let covered = product(quotient, right.high)
    let rest = ((left.high - covered.high) - covered.low) + (left.low - quotient * right.low)
    return .sum(quotient, rest / right.high)
  }

  /// The root of a value that is not negative.
  func squareRoot() -> ExtendedDouble {
    let root = high.squareRoot()
    guard root > 0 else { return ExtendedDouble(high: 0) }
    let covered = Self.product(root, root)
    let rest = ((high - covered.high) - covered.low) + low
    return .sum(root, rest / (2 * root))
  }

  /// The value with a correction much smaller than `high` folded into it.
  private func adding(_ correction: Double) -> ExtendedDouble {
    let rest = low + correction
    let total = high + rest
    return ExtendedDouble(high: total, low: rest - (total - high))
  }
}
