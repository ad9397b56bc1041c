import Kernel

/// The arithmetic of queries: the same sums in the same order as Prometheus 2.42, so that results
/// agree to the last digit.
enum PromMath {
  /// `left` to the power of `right`.
  static func power(_ left: Double, _ right: Double) -> Double { PortableMath.power(left, right) }

  /// A sum that carries what rounding took from it (Kahan's, as improved by Neumaier).
  struct Sum {
    var sum = 0.0
    var carry = 0.0

    mutating func add(_ value: Double) {
      let next = sum + value
      if abs(sum) >= abs(value) {
        carry += (sum - next) + value
      } else {
        carry += (value - next) + sum
      }
      sum = next
    }

    var total: Double { sum.isInfinite ? sum : sum + carry }
  }

  /// The mean, taken step by step so that it cannot overflow.
  static func mean(_ values: some Sequence<Double>) -> Double {
    var mean = Sum()
    var count = 0.0
    for value in values {
      count += 1
      if mean.sum.isInfinite {
        if value.isInfinite, (mean.sum > 0) == (value > 0) { continue }
        if !value.isInfinite, !value.isNaN { continue }
      }
      mean.add(value / count - mean.sum / count)
    }
    return mean.total
  }

  /// The mean square of the distances from the mean, by Welford's method.
  static func variance(_ values: some Sequence<Double>) -> Double {
    var count = 0.0
    var mean = Sum()
    var squares = Sum()
    for value in values {
      count += 1
      let distance = value - (mean.sum + mean.carry)
      mean.add(distance / count)
      squares.add(distance * (value - (mean.sum + mean.carry)))
    }
    return (squares.sum + squares.carry) / count
  }

  /// Whether the left value sorts before the right one; not-a-numbers sort first.
  static func isBefore(_ left: Double, _ right: Double) -> Bool {
    left.isNaN ? !right.isNaN : left < right
  }

  /// The value below which the share `q` of `values` lies, between neighbours on a straight line.
  static func quantile(_ q: Double, _ values: [Double]) -> Double {
    if values.isEmpty || q.isNaN { return .nan }
    if q < 0 { return -.infinity }
    if q > 1 { return .infinity }
    let sorted = values.sorted(by: isBefore)
    let rank = q * Double(sorted.count - 1)
    let low = Int(max(0, rank.rounded(.down)))
    let high = min(sorted.count - 1, low + 1)
    let weight = rank - rank.rounded(.down)
    return sorted[low] * (1 - weight) + sorted[high] * weight
  }

  /// The straight line through `points`: its slope a second and its height at `time`.
  static func line(
    _ points: ArraySlice<SeriesStore.Point>, at time: Int64
  ) -> (slope: Double, height: Double) {
    guard let first = points.first else { return (.nan, .nan) }
    var count = 0.0
    var (x, y, xy, xx) = (Sum(), Sum(), Sum(), Sum())
    for point in points {
      count += 1
      let seconds = Double(point.at - time) / 1e3
      x.add(seconds)
      y.add(point.value)
      xy.add(seconds * point.value)
      xx.add(seconds * seconds)
    }
    if points.allSatisfy({ $0.value == first.value }) {
      return first.value.isInfinite ? (.nan, .nan) : (0, first.value)
    }
    let (sumX, sumY) = (x.sum + x.carry, y.sum + y.carry)
    let covariance = xy.sum + xy.carry - sumX * sumY / count
    let variance = xx.sum + xx.carry - sumX * sumX / count
    let slope = covariance / variance
    return (slope, sumY / count - slope * sumX / count)
  }
}
