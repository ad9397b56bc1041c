import Kernel

/// Percentiles of draws, found by selection: nothing is sorted.
enum Percentiles {
  /// The values below which the given shares of `column` lie; the shares must rise.
  ///
  /// Between two draws it takes the nearer one: with the thousands of draws that estimates use the
  /// difference is far below the noise.
  static func values(of column: Column, at shares: [Double]) -> [Double] {
    var draws = column.values
    guard !draws.isEmpty else { return shares.map { _ in .nan } }
    let ranks = shares.map { Int(($0 * Double(draws.count - 1)).rounded()) }
    let figures = draws.withUnsafeMutableBufferPointer { buffer in
      select(ranks[...], in: buffer, from: 0, to: buffer.count - 1)
      return ranks.map { buffer[$0] }
    }
    return column.isLog ? figures.map(PortableMath.exp) : figures
  }

  /// Puts the draws of all `ranks` in their places: the middle one first, so that the others need to
  /// look at half of the draws only.
  private static func select(
    _ ranks: ArraySlice<Int>, in draws: UnsafeMutableBufferPointer<Double>, from start: Int,
    to end: Int
  ) {
    guard !ranks.isEmpty else { return }
    let rank = ranks[(ranks.startIndex + ranks.endIndex) / 2]
    select(rank, in: draws, from: start, to: end)
    // What was found stays out of the halves, or they would move it again.
    select(ranks.prefix { $0 < rank }, in: draws, from: start, to: rank - 1)
    select(ranks.drop { $0 <= rank }, in: draws, from: rank + 1, to: end)
  }

  /// Puts the draw of rank `rank` in its place, smaller ones before it, larger ones behind.
  ///
  /// Source: Floyd and Rivest, "Algorithm 489: SELECT" (1975).
  private static func select(
    _ rank: Int, in draws: UnsafeMutableBufferPointer<Double>, from start: Int, to end: Int
  ) {
    var (left, right) = (start, end)
    while right > left {
      if right - left > 600 {
        let (inner, outer) = window(around: rank, left, right)
        select(rank, in: draws, from: inner, to: outer)
      }
      let pivot = draws[rank]
      var (i, j) = (left, right)
      draws.swapAt(left, rank)
      if draws[right] > pivot { draws.swapAt(right, left) }
      while i < j {
        draws.swapAt(i, j)
        i += 1
        j -= 1
        while draws[i] < pivot { i += 1 }
        while draws[j] > pivot { j -= 1 }
      }
      if draws[left] == pivot {
        draws.swapAt(left, j)
      } else {
        j += 1
        draws.swapAt(j, right)
      }
      if j <= rank { left = j + 1 }
      if rank <= j { right = j - 1 }
    }
  }

  /// The part of a long stretch in which the wanted rank almost surely lies.
  private static func window(around rank: Int, _ left: Int, _ right: Int) -> (Int, Int) {
    let count = Double(right - left + 1)
    let place = Double(rank - left + 1)
    let z = PortableMath.log(count)
    let size = 0.5 * PortableMath.exp(2 * z / 3)
    let sign = place < count / 2 ? -1.0 : 1.0
    let deviation = 0.5 * (z * size * (count - size) / count).squareRoot() * sign
    let inner = Double(rank) - place * size / count + deviation
    let outer = Double(rank) + (count - place) * size / count + deviation
    return (max(left, Int(inner)), min(right, Int(outer)))
  }
}
