/// Hyperbolic functions and their inverses, the same bits on every machine.
///
/// The error stays below 0.6 units in the last place. They are made of exponentials and logarithms
/// in `ExtendedDouble`, in the forms that lose nothing near 0.
extension PortableMath {
  /// The hyperbolic sine of `value`.
  public static func sinh(_ value: Double) -> Double {
    let size = value.magnitude
    if size < 0x1p-27 || size - size != 0 { return value }
    let result: Double
    if size > 40 {
      result = halfOfPower(size)
    } else {
      let growth = growth(size)
      let both = growth + growth / (ExtendedDouble(high: 1) + growth)
      result = 0.5 * both.high
    }
    return value < 0 ? -result : result
  }

  /// The hyperbolic cosine of `value`.
  public static func cosh(_ value: Double) -> Double {
    let size = value.magnitude
    if size - size != 0 { return size }
    if size > 40 { return halfOfPower(size) }
    let power = ExtendedDouble(high: 1) + growth(size)
    return 0.5 * (power + ExtendedDouble(high: 1) / power).high
  }

  /// The hyperbolic tangent of `value`.
  public static func tanh(_ value: Double) -> Double {
    let size = value.magnitude
    if size < 0x1p-27 || value != value { return value }
    var result = 1.0
    if size < 20 {
      let growth = growth(2 * size)
      result = (growth / (growth + ExtendedDouble(high: 2))).high
    }
    return value < 0 ? -result : result
  }

  /// The number whose hyperbolic sine is `value`.
  public static func asinh(_ value: Double) -> Double {
    let size = value.magnitude
    if size < 0x1p-27 || size - size != 0 { return value }
    let result: Double
    if size > 0x1p30 {
      result = logOfTwice(size)
    } else {
      let square = ExtendedDouble.product(size, size)
      let root = (ExtendedDouble(high: 1) + square).squareRoot()
      let bent = square / (ExtendedDouble(high: 1) + root)
      result = logOfOnePlus(ExtendedDouble(high: size) + bent)
    }
    return value < 0 ? -result : result
  }

  /// The positive number whose hyperbolic cosine is `value`; not a number below 1.
  public static func acosh(_ value: Double) -> Double {
    guard value >= 1 else { return .nan }
    if value == .infinity { return value }
    if value > 0x1p30 { return logOfTwice(value) }
    let excess = ExtendedDouble.sum(value, -1)
    let root = (excess * (excess + ExtendedDouble(high: 2))).squareRoot()
    return logOfOnePlus(excess + root)
  }

  /// The number whose hyperbolic tangent is `value`; not a number beyond -1 and 1.
  public static func atanh(_ value: Double) -> Double {
    let size = value.magnitude
    guard size <= 1 else { return .nan }
    if size < 0x1p-27 { return value }
    if size == 1 { return value * .infinity }
    let ratio = ExtendedDouble(high: 2 * size) / ExtendedDouble.sum(1, -size)
    let result = 0.5 * logOfOnePlus(ratio)
    return value < 0 ? -result : result
  }

  /// e to the power of `size`, from 0 to 40, less 1.
  private static func growth(_ size: Double) -> ExtendedDouble {
    let (k, excess) = exponential(ExtendedDouble(high: size))
    if k == 0 { return excess }
    return (ExtendedDouble(high: 1) + excess) * powerOfTwo(k) + ExtendedDouble(high: -1)
  }

  /// Half of e to the power of `size`, which itself may be beyond a double.
  private static func halfOfPower(_ size: Double) -> Double {
    if size > 711 { return .infinity }
    let (k, excess) = exponential(ExtendedDouble(high: size))
    return scaled((ExtendedDouble(high: 1) + excess).high, by: k - 1)
  }

  private static func logOfTwice(_ size: Double) -> Double {
    (extendedLog(size) + extendedLog(2)).high
  }

  /// The logarithm of 1 + `value`, for a value of 0 or more.
  private static func logOfOnePlus(_ value: ExtendedDouble) -> Double {
    let sum = ExtendedDouble(high: 1) + value
    if sum.high == 1 { return value.high }
    return (extendedLog(sum.high) + ExtendedDouble(high: sum.low / sum.high)).high
  }
}
