import Kernel

/// How evenly a consistent-hash ring spreads keys over nodes that stand at random points of it.
///
/// N random points cut a circle into arcs whose lengths have the Dirichlet distribution with all
/// parameters 1. A node owns the arcs of its v points, so the shares of n nodes have the Dirichlet
/// distribution with all parameters v, and one share the beta distribution of v and v (n - 1).
/// Such shares are gamma variables of shape v divided by their sum, which is independent of them.
///
/// Source: arcs as exponential variables over their sum: Pinelis, "Order statistics on the spacings
/// between order statistics for the uniform distribution", arXiv:1909.06406 (2019), section 1; the
/// largest of n arcs: Schlemm, "Limiting distribution of the maximal distance between random
/// points on a circle", arXiv:1405.6114 (2014). The ring: Karger and others, "Consistent Hashing
/// and Random Trees", STOC 1997. The step from arcs to nodes is derived here.
public enum RingBalance {
  /// The deviation of a node's share over its mean, sqrt((n - 1) / (n v + 1)), for `nodes` with
  /// `points` points each, both at least 1.
  public static func deviation(nodes: Double, points: Double) -> Double {
    ((nodes - 1) / (nodes * points + 1)).squareRoot()
  }

  /// The share of the fullest node over the mean share, on average over rings.
  ///
  /// With one point a node it is the harmonic number 1 + 1/2 + ... + 1/n. With more it is the mean
  /// of the largest of n gamma variables of shape v, over v: an integral without closed form,
  /// taken numerically on some 150 points of a logarithmic scale, right to 1e-4 up to a million
  /// nodes.
  public static func largest(nodes: Double, points: Double) -> Double {
    if nodes <= 1 { return 1 }
    if points <= 1 { return HarmonicSum(exponent: 1).upTo(nodes) }
    return largestGamma(count: nodes, shape: points) / points
  }

  /// The mean of the largest of `count` gamma variables: the integral of
  /// x n F(x)^(n-1) f(x), with x = v e^(z / sqrt(v)) so that every shape looks alike.
  ///
  /// It goes from the top down, since there 1 - F is what needs its digits.
  private static func largestGamma(count: Double, shape: Double) -> Double {
    let scale = 1 / shape.squareRoot()
    let step = 0.1
    let weight = step / totalDensity(shape)
    var beyond = 0.0
    var sum = 0.0
    var z = topOfScale(scale)
    while z > -12 {
      let excess = PortableMath.expm1(z * scale)
      let density = weight * PortableMath.exp(shape * (z * scale - excess))
      // The sum of trapezes with two corrections of Euler and Maclaurin: the first and the third
      // derivative of the density, by those of its logarithm.
      let slope = -excess / scale
      let bend = -(1 + excess)
      let third = slope * slope * slope + 3 * slope * bend + scale * bend
      let correction = step * slope / 12 - step * step * step * third / 720
      let tail = beyond + density * (0.5 + correction)
      let logOfOthers = tail < 1 ? (count - 1) * PortableMath.log1p(-tail) : -.infinity
      if logOfOthers < -40 { break }
      sum += (1 + excess) * density * count * PortableMath.exp(logOfOthers)
      beyond += density
      z -= step
    }
    return sum * shape
  }

  /// The integral over z of e^(v (y + 1 - e^y)), y = z / sqrt(v): the gamma function without its
  /// size, by the series of Stirling (right to 2e-5 from shape 1.5 on, far better beyond).
  private static func totalDensity(_ shape: Double) -> Double {
    let inverse = 1 / (shape * shape)
    let series = 1 / 12.0 - inverse * (1 / 360.0 - inverse * (1 / 1_260.0 - inverse / 1_680))
    return 2.506_628_274_631_000_5 * PortableMath.exp(series / shape)
  }

  /// Beyond it the density is below e^-60 of its largest value.
  private static func topOfScale(_ scale: Double) -> Double {
    var z = 1.0
    while (PortableMath.expm1(z * scale) - z * scale) / (scale * scale) < 60 { z += 0.5 }
    return z
  }
}
