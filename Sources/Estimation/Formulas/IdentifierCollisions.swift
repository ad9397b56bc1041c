import Kernel

/// Identifiers drawn at random, each equally likely, from a space of a given size.
///
/// `ids` and `space` are whole numbers, `space` at least 1; a fraction is left off.
///
/// Source: the birthday and the occupancy problem,
/// https://commit-web.commit.tu-berlin.de/en/book/fsp/chapter/ch03/section/s03.
public enum IdentifierCollisions {
  /// The probability that at least two of `ids` are the same.
  public static func probability(ids: Double, space: Double) -> Double {
    -PortableMath.expm1(logOfNone(ids: ids.rounded(.down), space: space))
  }

  /// How many of `ids` are expected to fall on an identifier that is taken already:
  /// n - m (1 - (1 - 1/m)^n).
  public static func expected(ids: Double, space: Double) -> Double {
    let count = ids.rounded(.down)
    if count < 2 { return 0 }
    if space < 2 { return count - 1 }
    let filling = count / space
    guard filling < 0.1 else {
      return count + space * PortableMath.expm1(count * PortableMath.log1p(-1 / space))
    }
    // The two sides would cancel each other; the binomial series of the power does not.
    var term = count * (count - 1) / (2 * space)
    var sum = term
    var next = 2.0
    while next < count, abs(term) > 1e-17 * sum {
      term *= -(count - next) / ((next + 1) * space)
      sum += term
      next += 1
    }
    return sum
  }

  /// The smallest number of identifiers among which two are the same with at least `probability`,
  /// from 0 up to but without 1.
  public static func ids(space: Double, probability: Double) -> Double {
    let target = PortableMath.log1p(-probability)
    // Every factor 1 - i/m lies below e^(-i/m), so this many are enough.
    let bound = (1 + (1 - 8 * space * target).squareRoot()) / 2
    var low = 1.0
    var high = min(space + 1, bound.rounded(.up) + 1)
    while high - low > 1 {
      let middle = ((low + high) / 2).rounded(.down)
      if middle <= low || middle >= high { break }
      if logOfNone(ids: middle, space: space) <= target { high = middle } else { low = middle }
    }
    return high
  }

  /// The logarithm of the probability that all of `ids` differ: the sum of log(1 - i/m) over i
  /// below n.
  ///
  /// Small spaces sum it; large ones use the formula of Euler and Maclaurin, whose first term
  /// left off is below 1e-11 of the sum.
  private static func logOfNone(ids: Double, space: Double) -> Double {
    if ids < 2 { return 0 }
    if ids > space { return -.infinity }
    let pairs = ids * (ids - 1) / (2 * space)
    // The sum lies below -pairs, and e^-800 is 0.
    if pairs > 800 { return -.infinity }
    return space > 3_000
      ? -pairs + beyondPairs(ids: ids, space: space) : summed(ids: ids, space: space)
  }

  private static func summed(ids: Double, space: Double) -> Double {
    var product = 1.0
    var sum = 0.0
    for taken in stride(from: 1, to: ids, by: 1) {
      product *= 1 - taken / space
      if product < 1e-200 {
        sum += PortableMath.log(product)
        product = 1
      }
    }
    return sum + PortableMath.log(product)
  }

  /// The sum less its part of the first order, -n(n-1)/2m.
  private static func beyondPairs(ids: Double, space: Double) -> Double {
    let filling = ids / space
    // From the integral: -m x^j / (j (j-1)); from half the last value: x^j / 2j.
    var sum = 0.0
    var power = filling * filling
    var exponent = 2.0
    sum += power / 4
    while true {
      power *= filling
      exponent += 1
      let change = power / exponent * (0.5 - space / (exponent - 1))
      sum += change
      if abs(change) <= 1e-17 * abs(sum) { break }
    }
    let slopes = filling / (space - ids) / 12
    return sum - slopes
  }
}
