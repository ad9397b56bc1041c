/// Popularity that falls with a power of the rank: item k of `count` is drawn with a probability in
/// proportion to 1 / k^exponent.
///
/// A draw takes constant time for any count and no table, and any exponent from 0 (all equal)
/// through 1 (the classic law) upwards.
///
/// Source: Hörmann and Derflinger, "Rejection-inversion to generate variates from monotone discrete
/// distributions" (1996).
public struct Zipf: Sendable, Hashable {
  /// The number of items.
  public let count: Int
  /// How steeply the popularity falls; never negative.
  public let exponent: Double

  private let topIntegral: Double
  private let bottomIntegral: Double
  private let certain: Double

  /// The law over `count` items, at least one, with an exponent of 0 or more.
  public init(count: Int, exponent: Double) {
    precondition(count > 0, "Zipf needs at least one item")
    precondition(exponent >= 0 && exponent.isFinite, "Zipf needs an exponent of 0 or more")
    self.count = count
    self.exponent = exponent
    topIntegral = Self.integral(1.5, exponent) - 1
    bottomIntegral = Self.integral(Double(count) + 0.5, exponent)
    let second = Self.integral(2.5, exponent) - PortableMath.power(2, -exponent)
    certain = 2 - Self.inverse(second, exponent)
  }

  /// A place in the order of popularity: 0 is the most popular item.
  public func sample(_ stream: inout RandomStream) -> Int {
    while true {
      // The left end is included, and it stands for the most popular item.
      let area = bottomIntegral + stream.unit() * (topIntegral - bottomIntegral)
      let x = Self.inverse(area, exponent)
      let rank = min(max(Int(x + 0.5), 1), count)
      let k = Double(rank)
      if k - x <= certain { return rank - 1 }
      if area >= Self.integral(k + 0.5, exponent) - PortableMath.power(k, -exponent) {
        return rank - 1
      }
    }
  }

  /// The integral of x^-exponent from 1 to `x`.
  private static func integral(_ x: Double, _ exponent: Double) -> Double {
    let logarithm = PortableMath.log(x)
    let power = (1 - exponent) * logarithm
    return power == 0 ? logarithm : PortableMath.expm1(power) / power * logarithm
  }

  /// The x whose integral is `area`.
  private static func inverse(_ area: Double, _ exponent: Double) -> Double {
    let scaled = max(area * (1 - exponent), -1)
    return PortableMath.exp(scaled == 0 ? area : PortableMath.log1p(scaled) / scaled * area)
  }
}
