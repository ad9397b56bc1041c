/// Draws from the standard distributions, out of integers and `+ - * / sqrt` only, so that a seed
/// tells the same story on every machine.
extension RandomStream {
  /// A number from `low` up to but without `high`, all equally likely.
  public mutating func uniform(_ low: Double, _ high: Double) -> Double {
    low + (high - low) * unit()
  }

  /// A number from the exponential distribution with mean 1.
  @inline(__always)
  public mutating func exponential() -> Double {
    let bits = next()
    let layer = Int(bits & 255)
    let x = Double(bits >> 11) * 0x1p-53 * ZigguratWidths.exponential[layer]
    return x < ZigguratWidths.exponential[layer + 1] ? x : exponentialAtRim(x, layer)
  }

  /// Decides about a draw outside the part of its layer that is certain.
  @inline(never)
  private mutating func exponentialAtRim(_ x: Double, _ layer: Int) -> Double {
    // The tail of an exponential is the same exponential, further out.
    if layer == 0 { return ZigguratWidths.exponential[1] + exponential() }
    let heights = Ziggurat.exponentialHeights
    let height = uniform(heights[layer], heights[layer + 1])
    return height < PortableMath.exp(-x) ? x : exponential()
  }

  /// A number from the normal distribution with mean 0 and deviation 1.
  public mutating func normal() -> Double {
    let bits = next()
    let layer = Int(bits & 255)
    let size = Double(bits >> 11) * 0x1p-53 * ZigguratWidths.normal[layer]
    // The sign is set without a branch, which a processor would guess wrong half of the time.
    let x = Double(bitPattern: size.bitPattern | (bits & 256) << 55)
    return size < ZigguratWidths.normal[layer + 1] ? x : normalAtRim(x, layer)
  }

  /// The same draw as `normal()`, with the widths of the layers at hand.
  @inline(__always)
  mutating func normal(_ widths: UnsafeBufferPointer<Double>) -> Double {
    let bits = next()
    let layer = Int(bits & 255)
    let size = Double(bits >> 11) * 0x1p-53 * widths[layer]
    // The sign is set without a branch, which a processor would guess wrong half of the time.
    let x = Double(bitPattern: size.bitPattern | (bits & 256) << 55)
    if size < widths[layer + 1] { return x }
    // A copy goes to the rim, so that the stream itself can stay in registers.
    var stream = self
    let drawn = stream.normalAtRim(x, layer)
    self = stream
    return drawn
  }

  /// Decides about a draw outside the part of its layer that is certain.
  @inline(never)
  private mutating func normalAtRim(_ x: Double, _ layer: Int) -> Double {
    if layer == 0 {
      let size = normalTail(from: ZigguratWidths.normal[1])
      return x < 0 ? -size : size
    }
    let heights = Ziggurat.normalHeights
    let height = uniform(heights[layer], heights[layer + 1])
    return height < PortableMath.exp(-0.5 * x * x) ? x : normal()
  }

  /// A number above `start` from the normal distribution (Marsaglia, 1964).
  private mutating func normalTail(from start: Double) -> Double {
    while true {
      let beyond = exponential() / start
      if 2 * exponential() > beyond * beyond { return start + beyond }
    }
  }

  /// A number whose logarithm is normal: half of them lie below `median`.
  ///
  /// `sigma` is the deviation of the logarithm.
  public mutating func lognormal(median: Double, sigma: Double) -> Double {
    median * PortableMath.exp(sigma * normal())
  }

  /// A number from the gamma distribution of the given shape (above 0) and scale 1; its mean is
  /// the shape.
  ///
  /// Source: Marsaglia and Tsang, "A simple method for generating gamma variables" (2000).
  public mutating func gamma(shape: Double) -> Double {
    precondition(shape > 0, "a gamma distribution needs a shape above 0")
    if shape < 1 {
      let larger = gamma(shape: shape + 1)
      return larger * PortableMath.exp(-exponential() / shape)
    }
    let d = shape - 1.0 / 3.0
    let c = 1 / (9 * d).squareRoot()
    while true {
      let x = normal()
      let root = 1 + c * x
      if root <= 0 { continue }
      let v = root * root * root
      let u = unit()
      let square = x * x
      if u < 1 - 0.0331 * square * square { return d * v }
      let bound = 0.5 * square + d * (1 - v + PortableMath.log(v))
      if PortableMath.log(u) < bound { return d * v }
    }
  }

  /// A number from the Pareto distribution of the given shape (above 0) that begins at 1.
  ///
  /// The smaller the shape, the heavier the tail; at 1 and below it has no mean.
  public mutating func pareto(shape: Double) -> Double {
    precondition(shape > 0, "a Pareto distribution needs a shape above 0")
    return PortableMath.exp(exponential() / shape)
  }
}
