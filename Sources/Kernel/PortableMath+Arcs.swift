/// Arcs: the angle whose sine, cosine or tangent is known, the same bits on every machine.
///
/// The error stays below 0.52 units in the last place. Source: a rough angle from a polynomial
/// (Abramowitz and Stegun 4.4.47), made exact by the difference formula of the tangent with sine
/// and cosine in `ExtendedDouble`.
extension PortableMath {
  /// The angle in radians, from -pi/2 to pi/2, whose tangent is `value`.
  public static func atan(_ value: Double) -> Double { atan2(value, 1) }

  /// The angle in radians, from -pi to pi, of the point with this height and width, with the
  /// special cases of IEEE 754 `atan2`.
  public static func atan2(_ y: Double, _ x: Double) -> Double {
    if y != y || x != x { return .nan }
    let isLeft = x.sign == .minus
    let angle: Double
    if y == 0 {
      angle = isLeft ? pi : 0
    } else if x == 0 {
      angle = pi / 2
    } else if y.magnitude == .infinity {
      angle = x.magnitude == .infinity ? (isLeft ? 3 : 1) * (pi / 4) : pi / 2
    } else if x.magnitude == .infinity {
      angle = isLeft ? pi : 0
    } else {
      angle = angleOf(y.magnitude, x.magnitude, isLeft: isLeft)
    }
    return y.sign == .minus ? -angle : angle
  }

  /// The angle of a point whose coordinates are positive and finite.
  private static func angleOf(_ y: Double, _ x: Double, isLeft: Bool) -> Double {
    let gap = y.exponent - x.exponent
    if gap > 64 { return pi / 2 }
    if gap < -64 { return isLeft ? pi : y / x }
    // Of the size of 1, so that no product overflows.
    let height = ExtendedDouble(high: y.significand)
    let width = ExtendedDouble(
      high: Double(sign: .plus, exponent: x.exponent - y.exponent, significand: x.significand))
    let angle = self.angle(height, width)
    return (isLeft ? extendedPi + angle * -1 : angle).high
  }

  /// The angle whose sine is `value`; not a number beyond -1 and 1.
  public static func asin(_ value: Double) -> Double {
    let size = value.magnitude
    guard size <= 1 else { return .nan }
    if size < 0x1p-27 { return value }
    if size == 1 { return value * (pi / 2) }
    let arc = angle(ExtendedDouble(high: size), besides(size)).high
    return value < 0 ? -arc : arc
  }

  /// The angle from 0 to pi whose cosine is `value`; not a number beyond -1 and 1.
  public static func acos(_ value: Double) -> Double {
    let size = value.magnitude
    guard size <= 1 else { return .nan }
    if size == 1 { return value < 0 ? pi : 0 }
    if size < 0x1p-60 { return pi / 2 }
    let arc = angle(besides(size), ExtendedDouble(high: size))
    return (value < 0 ? extendedPi + arc * -1 : arc).high
  }

  /// The root of 1 - `size` squared.
  private static func besides(_ size: Double) -> ExtendedDouble {
    (ExtendedDouble.sum(1, -size) * ExtendedDouble.sum(1, size)).squareRoot()
  }

  /// The angle of a point in the first quadrant.
  private static func angle(_ y: ExtendedDouble, _ x: ExtendedDouble) -> ExtendedDouble {
    if y.high > x.high { return halfPi + arc(x / y) * -1 }
    return arc(y / x)
  }

  /// The angle whose tangent is `slope`, from 0 to 1.
  private static func arc(_ slope: ExtendedDouble) -> ExtendedDouble {
    let t = slope.high
    let square = t * t
    var factor = -0.085_133_0 + square * 0.020_835_1
    factor = 0.180_141_0 + square * factor
    factor = -0.330_299_5 + square * factor
    factor = 0.999_866_0 + square * factor
    let rough = ExtendedDouble(high: t * factor)
    let (sine, cosine) = (sine(rough), cosine(rough))
    // tan(a - b) of the true angle and the rough one, which is tiny.
    let rest = (slope * cosine + sine * -1) / (cosine + slope * sine)
    let cube = rest.high * rest.high * rest.high
    return rough + (rest + ExtendedDouble(high: -cube / 3))
  }
}
