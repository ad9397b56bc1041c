import Kernel

/// Generalised harmonic numbers: the sums of 1/k^s for k from 1 to n, with one exponent s.
///
/// The first 32 terms are added one by one, so that sums up to there are exact but for rounding;
/// the rest is the formula of Euler and Maclaurin with three corrections, right to 1e-12.
///
/// Source: the formula with its remainder: https://planetmath.org/eulermaclaurinsummationformula.
public struct HarmonicSum: Sendable, Hashable {
  /// The exponent s.
  public let exponent: Double
  private let head: Double

  private static let headCount = 32.0

  /// The sums for `exponent`, 0 or more.
  public init(exponent: Double) {
    self.exponent = exponent
    head = Self.added(upTo: Self.headCount, exponent)
  }

  /// The sum of the first `count` terms; `count` is whole, 0 or more.
  public func upTo(_ count: Double) -> Double {
    let first = Self.headCount
    guard count > first else { return Self.added(upTo: count, exponent) }
    let s = exponent
    let start = PortableMath.power(first, -s)
    let stretch = PortableMath.log(count / first)
    let end = start * PortableMath.exp(-s * stretch)
    let growth = (1 - s) * stretch
    let area =
      start * first * (growth == 0 ? stretch : PortableMath.expm1(growth) / growth * stretch)
    return head + area + (end - start) / 2 + corrections(start, first)
      - corrections(end, count)
  }

  /// The derivatives of x^-s at one end, with the factors of Bernoulli's numbers.
  private func corrections(_ value: Double, _ x: Double) -> Double {
    let s = exponent
    let square = x * x
    let first = s / (12 * x)
    let third = s * (s + 1) * (s + 2) / (720 * x * square)
    let fifth = s * (s + 1) * (s + 2) * (s + 3) * (s + 4) / (30_240 * x * square * square)
    return value * (first - third + fifth)
  }

  private static func added(upTo count: Double, _ exponent: Double) -> Double {
    var sum = 0.0
    for rank in stride(from: count, to: 0, by: -1) { sum += PortableMath.power(rank, -exponent) }
    return sum
  }
}
