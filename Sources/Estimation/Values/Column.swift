import Kernel

/// The draws of a value, one for each sample.
///
/// A positive value may be kept as logarithms: products then are sums, and since the exponential
/// keeps the order, percentiles cost three exponentials and not one for each sample.
struct Column: Sendable {
  /// The draws, or their logarithms.
  let values: [Double]
  /// Whether the logarithms are kept.
  let isLog: Bool

  init(_ values: [Double], isLog: Bool = false) {
    self.values = values
    self.isLog = isLog
  }

  /// The draws themselves.
  var plain: [Double] { isLog ? PortableMath.exponentials(of: values) : values }

  /// The same draws, kept as they are.
  var unlogged: Column { isLog ? Column(plain) : self }

  /// Each stored figure plus `factor` times the other column's.
  func adding(_ other: [Double], times factor: Double) -> Column {
    Column(Self.merged(values, other) { $0 + factor * $1 }, isLog: isLog)
  }

  /// The same column with each stored figure replaced.
  @inline(__always)
  func map(_ change: (Double) -> Double) -> Column {
    let changed = [Double](unsafeUninitializedCapacity: values.count) { buffer, count in
      values.withUnsafeBufferPointer { own in
        for place in own.indices { buffer[place] = change(own[place]) }
      }
      count = values.count
    }
    return Column(changed, isLog: isLog)
  }

  /// Two plain columns draw by draw.
  func combined(with other: Column, _ combine: (Double, Double) -> Double) -> Column {
    Column(Self.merged(plain, other.plain, combine))
  }

  /// Two arrays of the same length, figure by figure, in one pass.
  @inline(__always)
  private static func merged(
    _ left: [Double], _ right: [Double], _ combine: (Double, Double) -> Double
  ) -> [Double] {
    precondition(left.count == right.count, "columns of different lengths")
    return [Double](unsafeUninitializedCapacity: left.count) { buffer, count in
      left.withUnsafeBufferPointer { left in
        right.withUnsafeBufferPointer { right in
          for place in left.indices { buffer[place] = combine(left[place], right[place]) }
        }
      }
      count = left.count
    }
  }

  /// The draws times a number.
  func scaled(by factor: Double) -> Column {
    if isLog, factor > 0 {
      let shift = PortableMath.log(factor)
      return map { $0 + shift }
    }
    return unlogged.map { $0 * factor }
  }

  /// Draw times draw.
  func multiplied(by other: Column) -> Column {
    guard isLog, other.isLog else { return combined(with: other, *) }
    return Column(Self.merged(values, other.values, +), isLog: true)
  }

  /// Draw divided by draw.
  func divided(by other: Column) -> Column {
    guard isLog, other.isLog else { return combined(with: other, /) }
    return Column(Self.merged(values, other.values, -), isLog: true)
  }

  /// Each draw to the power `exponent`.
  func raised(to exponent: Double) -> Column {
    isLog ? map { $0 * exponent } : map { PortableMath.power($0, exponent) }
  }
}
