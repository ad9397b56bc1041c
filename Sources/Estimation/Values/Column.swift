import Kernel

/// The draws of a value, one for each sample.
///
/// A positive value may be kept as logarithms: products then are sums, and since the exponential
/// keeps the order, percentiles cost three exponentials and not one for each sample.
struct Column: Sendable {
  /// The draws, or their logarithms.
  private(set) var values: [Double]
  /// Whether the logarithms are kept.
  private(set) var isLog: Bool

  init(_ values: [Double], isLog: Bool = false) {
    self.values = values
    self.isLog = isLog
  }

  /// The draws themselves.
  var plain: [Double] { isLog ? values.map(PortableMath.exp) : values }

  /// The same draws, kept as they are.
  var unlogged: Column { isLog ? Column(plain) : self }

  /// Adds `factor` times the other column's stored figures.
  mutating func add(_ other: [Double], times factor: Double) {
    values.withUnsafeMutableBufferPointer { own in
      other.withUnsafeBufferPointer { other in
        if factor == 1 {
          for place in own.indices { own[place] += other[place] }
        } else {
          for place in own.indices { own[place] += factor * other[place] }
        }
      }
    }
  }

  /// The same column with each stored figure replaced.
  func map(_ change: (Double) -> Double) -> Column {
    var result = values
    result.withUnsafeMutableBufferPointer { buffer in
      for place in buffer.indices { buffer[place] = change(buffer[place]) }
    }
    return Column(result, isLog: isLog)
  }

  /// Two plain columns draw by draw.
  func combined(with other: Column, _ combine: (Double, Double) -> Double) -> Column {
    var result = plain
    let second = other.plain
    result.withUnsafeMutableBufferPointer { own in
      second.withUnsafeBufferPointer { other in
        for place in own.indices { own[place] = combine(own[place], other[place]) }
      }
    }
    return Column(result)
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
    var result = self
    result.add(other.values, times: 1)
    return result
  }

  /// Draw divided by draw.
  func divided(by other: Column) -> Column {
    guard isLog, other.isLog else { return combined(with: other, /) }
    var result = self
    result.add(other.values, times: -1)
    return result
  }

  /// Each draw to the power `exponent`.
  func raised(to exponent: Double) -> Column {
    isLog ? map { $0 * exponent } : map { PortableMath.power($0, exponent) }
  }
}
