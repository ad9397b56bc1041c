/// What a quantity is a quantity of: a product of powers of base dimensions such as time,
/// information, money, or a countable (`request`, `user`).
///
/// At most eight bases take part and each exponent lies within ±60; what goes beyond is refused by
/// returning nil, since no estimate means it.
public struct Dimension: Sendable, Hashable {
  /// One lane a base, in rising order.
  ///
  /// The base's number is in the upper 24 bits, the exponent plus 128 in the lower 8. Lanes that are not used hold `UInt32.max`.
  private var lanes: SIMD8<UInt32>

  /// The number of base dimensions that one quantity may have.
  static let capacity = 8
  private static let largestExponent = 60

  private init(lanes: SIMD8<UInt32>) { self.lanes = lanes }

  /// The dimension of plain numbers.
  public static let one = Dimension(lanes: SIMD8(repeating: .max))

  /// The base dimension with the given number.
  static func base(_ number: Int) -> Dimension {
    var lanes = SIMD8<UInt32>(repeating: .max)
    lanes[0] = UInt32(number) << 8 | 129
    return Dimension(lanes: lanes)
  }

  /// Whether quantities of it are plain numbers.
  public var isOne: Bool { lanes[0] == .max }

  /// The bases with their exponents, in the order of the bases' numbers.
  var factors: [(base: Int, exponent: Int)] {
    (0..<Self.capacity).prefix { lanes[$0] != .max }.map { Self.factor(lanes[$0]) }
  }

  private static func factor(_ lane: UInt32) -> (base: Int, exponent: Int) {
    (Int(lane >> 8), Int(lane & 255) - 128)
  }

  /// The exponent of a base; 0 when it does not take part.
  func exponent(of base: Int) -> Int { factors.first { $0.base == base }?.exponent ?? 0 }

  /// This dimension times `other` to the power `power`; nil beyond the limits.
  func multiplied(by other: Dimension, power: Int = 1) -> Dimension? {
    if other.isOne || power == 0 { return self }
    var result = SIMD8<UInt32>(repeating: .max)
    var (left, right, count) = (0, 0, 0)
    while true {
      let first = left < Self.capacity ? lanes[left] : .max
      let second = right < Self.capacity ? other.lanes[right] : .max
      if first == .max, second == .max { return Dimension(lanes: result) }
      let isFirst = first >> 8 <= second >> 8
      let isSecond = second >> 8 <= first >> 8
      let base = isFirst ? first >> 8 : second >> 8
      var exponent = 0
      if isFirst {
        exponent += Int(first & 255) - 128
        left += 1
      }
      if isSecond {
        let (product, overflows) = (Int(second & 255) - 128).multipliedReportingOverflow(by: power)
        guard !overflows, abs(product) <= 2 * Self.largestExponent else { return nil }
        exponent += product
        right += 1
      }
      guard exponent != 0 else { continue }
      guard abs(exponent) <= Self.largestExponent, count < Self.capacity else { return nil }
      result[count] = base << 8 | UInt32(exponent + 128)
      count += 1
    }
  }

  /// This dimension divided by `other`; nil beyond the limits.
  func divided(by other: Dimension) -> Dimension? { multiplied(by: other, power: -1) }

  /// The dimension whose `degree`-th power this is; nil when there is none.
  func root(_ degree: Int) -> Dimension? {
    var result = Dimension.one
    for (base, exponent) in factors {
      guard degree != 0, exponent % degree == 0,
        let next = result.multiplied(by: .base(base), power: exponent / degree)
      else { return nil }
      result = next
    }
    return result
  }
}
