/// A falling density covered by 256 layers of equal area, so that nearly every draw costs one
/// random word, one multiplication and one comparison, and no logarithm.
///
/// Layer 0 is the base strip with the tail; layer 255 is the cap. A point under the inner width of
/// its layer lies under the curve for certain; only the rim needs the density itself.
///
/// Source: Marsaglia and Tsang, "The ziggurat method for generating random variables" (2000), with
/// the bits that choose the layer kept apart from those that make the number, as Doornik advises
/// (2005).
struct Ziggurat: Sendable {
  /// One strip of the covering.
  struct Layer: Sendable {
    /// The width of the strip, in units of 2^-53 so that 53 random bits scale to it directly.
    let step: Double
    /// The width of the part that lies under the curve in full height.
    let inner: Double
    /// The density at the outer end of the strip.
    let low: Double
    /// The density at its inner end.
    let high: Double
  }

  /// Where the tail begins.
  let tail: Double
  let layers: [Layer]

  /// The layers of a density that falls from 1 at 0.
  ///
  /// `tail` and `area` solve the closure of 256 layers; `inverse` undoes `density`.
  private init(
    tail: Double, area: Double, density: (Double) -> Double, inverse: (Double) -> Double
  ) {
    self.tail = tail
    var layers: [Layer] = []
    var outer = tail
    var low = density(tail)
    layers.append(Layer(step: area / low * 0x1p-53, inner: tail, low: 0, high: low))
    for index in 1...255 {
      let high = index == 255 ? 1 : low + area / outer
      let inner = index == 255 ? 0 : inverse(high)
      layers.append(Layer(step: outer * 0x1p-53, inner: inner, low: low, high: high))
      (outer, low) = (inner, high)
    }
    self.layers = layers
  }

  /// The density `exp(-x)` for x above 0.
  static let exponential = Ziggurat(
    tail: 7.697_117_470_131_050, area: 0.003_949_659_822_581_557,
    density: { PortableMath.exp(-$0) }, inverse: { -PortableMath.log($0) })

  /// The density `exp(-x^2 / 2)` for x above 0, half of a bell.
  static let normal = Ziggurat(
    tail: 3.654_152_885_361_009, area: 0.004_928_673_233_974_655,
    density: { PortableMath.exp(-0.5 * $0 * $0) },
    inverse: { (-2 * PortableMath.log($0)).squareRoot() })
}
