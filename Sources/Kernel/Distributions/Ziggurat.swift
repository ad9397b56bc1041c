/// A falling density covered by 256 layers of equal area, so that nearly every draw costs one
/// random word, one multiplication and one comparison, and no logarithm.
///
/// Layer 0 is the base strip with the tail, layer 255 the tip. A point under the width of the next
/// layer lies under the curve for certain; only the rim beyond needs the density.
///
/// Source: Marsaglia and Tsang, "The ziggurat method for generating random variables" (2000), with
/// the bits that choose the layer kept apart from those that make the number, as Doornik advises
/// (2005).
enum Ziggurat {
  /// The density `exp(-x)` at each width.
  static let exponentialHeights = heights(of: ZigguratWidths.exponential) { PortableMath.exp(-$0) }

  /// The density `exp(-x^2 / 2)` at each width.
  static let normalHeights = heights(of: ZigguratWidths.normal) {
    PortableMath.exp(-0.5 * $0 * $0)
  }

  /// The base strip has no height of its own at its outer end: its tail follows another rule.
  private static func heights(
    of widths: [Double], density: (Double) -> Double
  ) -> [Double] {
    widths.indices.map { $0 == 0 ? 0 : density(widths[$0]) }
  }
}
