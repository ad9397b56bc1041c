/// Logarithms, exponentials and powers that give the same bits on every machine.
///
/// The C library's differ in the last bit between processors with and without a fused
/// multiply-add, and one bit is enough to change the story of a seed. These use integers and
/// `+ - * /` only, which IEEE 754 defines exactly. The error stays below 0.52 units in the last
/// place (results below 2.3e-308: one unit).
///
/// Source: the argument reductions are those of fdlibm (Sun Microsystems, 1993, `e_log.c`,
/// `e_exp.c`); where fdlibm corrects a polynomial fit, `ExtendedDouble` carries the sum.
public enum PortableMath {
  /// The natural logarithm of `value`; `-infinity` for 0 and not a number below it.
  public static func log(_ value: Double) -> Double {
    guard value > 0, value < .infinity else { return logAtEdge(value) }
    return extendedLog(value).high
  }

  /// The logarithm of `value` to base 10; whole for every power of ten that is a double.
  public static func log10(_ value: Double) -> Double {
    guard value > 0, value < .infinity else { return logAtEdge(value) }
    return (extendedLog(value) * inverseOfLog10).high
  }

  /// The logarithm of `value` to base 2; whole for every power of two.
  public static func log2(_ value: Double) -> Double {
    guard value > 0, value < .infinity else { return logAtEdge(value) }
    return (extendedLog(value) * inverseOfLog2).high
  }

  /// The natural logarithm of 1 + `value`, precise for small values too.
  public static func log1p(_ value: Double) -> Double {
    guard value > -1, value < .infinity else { return logAtEdge(1 + value) }
    if value > -0x1p-54, value < 0x1p-54 { return value }
    let sum = ExtendedDouble.sum(1, value)
    return (extendedLog(sum.high) + ExtendedDouble(high: sum.low / sum.high)).high
  }

  /// e to the power of `value`.
  public static func exp(_ value: Double) -> Double {
    guard value == value else { return value }
    return exp(ExtendedDouble(high: value))
  }

  /// e to the power of `value`, less 1; precise for small values too.
  public static func expm1(_ value: Double) -> Double {
    guard value > -40, value < 40 else { return exp(value) - 1 }
    let (k, excess) = exponential(ExtendedDouble(high: value))
    if k == 0 { return excess.high }
    let power = (ExtendedDouble(high: 1) + excess) * powerOfTwo(k)
    return (power + ExtendedDouble(high: -1)).high
  }

  /// `base` to the power of `exponent`, with the special cases of IEEE 754 `pow`.
  ///
  /// A negative base needs a whole exponent, else the result is not a number.
  public static func power(_ base: Double, _ exponent: Double) -> Double {
    if exponent == 0 || base == 1 { return 1 }
    if base != base || exponent != exponent { return .nan }
    let size = base < 0 ? -base : base
    let parity = Parity(of: exponent)
    if base < 0, base > -.infinity, parity == .fractional, exponent - exponent == 0 { return .nan }
    let isNegative = base.sign == .minus && parity == .odd
    let magnitude = powerOfMagnitude(size, exponent)
    return isNegative ? -magnitude : magnitude
  }

  private static func powerOfMagnitude(_ size: Double, _ exponent: Double) -> Double {
    if size == 1 { return 1 }
    let isGrowing = (size > 1) == (exponent > 0)
    if size == 0 || size == .infinity || exponent > 0x1p64 || exponent < -0x1p64 {
      return isGrowing ? .infinity : 0
    }
    return exp(extendedLog(size) * exponent)
  }

  private static func logAtEdge(_ value: Double) -> Double {
    value == 0 ? -.infinity : value > 0 ? value : .nan
  }
}

/// Whether a power changes the sign of a negative base.
private enum Parity {
  case even, odd, fractional

  init(of exponent: Double) {
    let size = exponent < 0 ? -exponent : exponent
    if size >= 0x1p53 {
      self = .even
    } else {
      let whole = Int64(size)
      self = Double(whole) != size ? .fractional : whole % 2 == 0 ? .even : .odd
    }
  }
}

extension PortableMath {
  /// The logarithm of 2 in two parts; the first has 32 bits, so its whole multiples are exact.
  private static let log2High = 6.931_471_803_691_238_164_90e-01
  private static let log2Low = 1.908_214_929_270_587_700_02e-10
  private static let inverseOfLog2 = ExtendedDouble(
    high: 0x1.71547652b82fep+0, low: 0x1.777d0ffda0d24p-56)
  private static let inverseOfLog10 = ExtendedDouble(
    high: 0x1.bcb7b1526e50ep-2, low: 0x1.95355baaafad3p-57)
  private static let third = ExtendedDouble(high: 1.0 / 3.0, low: 0x1.5555555555555p-56)

  /// The logarithm of a positive, finite value to about 2^-64 of itself.
  ///
  /// With value = 2^k m and m between sqrt(1/2) and sqrt(2), s = (m - 1) / (m + 1) lies within
  /// 0.172 and log m = 2 (s + s^3/3 + s^5/5 + ...).
  static func extendedLog(_ value: Double) -> ExtendedDouble {
    var exponent = 0
    var bits = value.bitPattern
    if bits < 0x0010_0000_0000_0000 {
      bits = (value * 0x1p54).bitPattern
      exponent = -54
    }
    exponent += Int(bits >> 52) - 1023
    var m = Double(bitPattern: bits & 0x000f_ffff_ffff_ffff | 0x3ff0_0000_0000_0000)
    if m > 1.414_213_562_373_095_1 {
      m *= 0.5
      exponent += 1
    }
    let s = (m - 1) / ExtendedDouble.sum(m, 1)
    let square = s * s
    let z = square.high
    // Even and odd powers apart, so that a processor can work on both at once.
    let w = z * z
    var even = 1.0 / 21.0 + w * (1.0 / 25.0)
    even = 1.0 / 17.0 + w * even
    even = 1.0 / 13.0 + w * even
    even = 1.0 / 9.0 + w * even
    even = 1.0 / 5.0 + w * even
    var odd = 1.0 / 19.0 + w * (1.0 / 23.0)
    odd = 1.0 / 15.0 + w * odd
    odd = 1.0 / 11.0 + w * odd
    odd = 1.0 / 7.0 + w * odd
    let tail = even + z * odd
    let cubic = square * third + ExtendedDouble(high: w * tail)
    let twice = ExtendedDouble(high: 2 * s.high, low: 2 * s.low)
    let logOfM = twice + twice * cubic
    let k = Double(exponent)
    return ExtendedDouble(high: k * log2High, low: k * log2Low) + logOfM
  }

  /// e to the power of an extended value within the range of a double.
  private static func exp(_ value: ExtendedDouble) -> Double {
    if value.high > 709.782_712_893_384 { return .infinity }
    if value.high < -745.133_219_101_941_2 { return 0 }
    let (k, excess) = exponential(value)
    return scaled((ExtendedDouble(high: 1) + excess).high, by: k)
  }

  /// The k and e^r - 1 for which e^value = 2^k e^r, with |r| at most log(2) / 2.
  static func exponential(_ value: ExtendedDouble) -> (Int, ExtendedDouble) {
    let k = Int(value.high * inverseOfLog2.high + (value.high < 0 ? -0.5 : 0.5))
    let multiple = Double(k)
    let r = ExtendedDouble.sum(value.high - multiple * log2High, value.low - multiple * log2Low)
    let half = r * ExtendedDouble(high: 0.5 * r.high, low: 0.5 * r.low)
    let z = r.high
    let w = z * z
    var even = 1.0 / 39_916_800.0 + w * (1.0 / 6_227_020_800.0)
    even = 1.0 / 362_880.0 + w * even
    even = 1.0 / 5_040.0 + w * even
    even = 1.0 / 120.0 + w * even
    even = 1.0 / 6.0 + w * even
    var odd = 1.0 / 479_001_600.0 + w * (1.0 / 87_178_291_200.0)
    odd = 1.0 / 3_628_800.0 + w * odd
    odd = 1.0 / 40_320.0 + w * odd
    odd = 1.0 / 720.0 + w * odd
    odd = 1.0 / 24.0 + w * odd
    let tail = even + z * odd
    return (k, r + (half + ExtendedDouble(high: w * z * tail)))
  }

  /// `value` times 2^`exponent`, in two steps where one factor would not be a normal double.
  static func scaled(_ value: Double, by exponent: Int) -> Double {
    if exponent > 1023 { return value * 2 * powerOfTwo(exponent - 1) }
    if exponent < -1022 { return value * powerOfTwo(exponent + 60) * 0x1p-60 }
    return value * powerOfTwo(exponent)
  }

  static func powerOfTwo(_ exponent: Int) -> Double {
    Double(bitPattern: UInt64(exponent + 1023) << 52)
  }
}
