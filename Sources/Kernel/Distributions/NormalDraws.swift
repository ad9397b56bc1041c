/// Many draws from one normal distribution at once, for estimates that need a hundred thousand.
///
/// They come from two streams in turn, since a processor can work on both at the same time: the
/// state of a generator is a chain in which each step waits for the one before.
public struct NormalDraws: Sendable {
  private var even: RandomStream
  private var odd: RandomStream

  /// The draws called `name` of the universe `seed`.
  public init(seed: UInt64, name: String) {
    even = RandomStream(seed: seed, name: name + "/even")
    odd = RandomStream(seed: seed, name: name + "/odd")
  }

  /// `count` numbers from the normal distribution with the given mean and deviation.
  public mutating func draw(_ count: Int, mean: Double, deviation: Double) -> [Double] {
    var (first, second) = (even, odd)
    let drawn = [Double](unsafeUninitializedCapacity: count) { buffer, filled in
      ZigguratWidths.normal.withUnsafeBufferPointer { widths in
        var place = 0
        while place + 1 < count {
          let left = first.normal(widths)
          let right = second.normal(widths)
          buffer[place] = mean + deviation * left
          buffer[place + 1] = mean + deviation * right
          place += 2
        }
        if place < count { buffer[place] = mean + deviation * first.normal(widths) }
      }
      filled = count
    }
    (even, odd) = (first, second)
    return drawn
  }
}
