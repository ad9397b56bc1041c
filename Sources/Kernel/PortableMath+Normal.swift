/// The normal distribution's cumulative curve and its inverse, the same on every machine.
extension PortableMath {
  /// The share of a normal distribution (mean 0, deviation 1) that lies below `z`.
  ///
  /// Right to about 1e-14 of itself.
  public static func normalCumulative(_ z: Double) -> Double {
    guard z == z else { return z }
    if z > 0 { return 1 - normalCumulative(-z) }
    if z < -38.6 { return 0 }
    let size = -z
    let density = exp(-0.5 * size * size) * inverseOfRootOfTwoPi
    // The series of the middle (Abramowitz and Stegun 26.2.11), the continued fraction of the
    // tail (26.2.14).
    if size < 2 {
      var term = size
      var sum = size
      var odd = 3.0
      while term > sum * 1e-17 {
        term *= size * size / odd
        sum += term
        odd += 2
      }
      return 0.5 - density * sum
    }
    var fraction = size
    for step in stride(from: 120.0, to: 0, by: -1) { fraction = size + step / fraction }
    return density / fraction
  }

  /// The z below which the share `probability` of a normal distribution lies.
  ///
  /// Right to about 1e-15 of itself; 0 gives `-infinity`, 1 gives `infinity`.
  ///
  /// Source: Wichura, "Algorithm AS 241" (1988), routine PPND16.
  public static func normalQuantile(_ probability: Double) -> Double {
    guard probability >= 0, probability <= 1 else { return .nan }
    let q = probability - 0.5
    if q > -0.425, q < 0.425 {
      let r = 0.180_625 - q * q
      return q * polynomial(middleTop, r) / polynomial(middleBottom, r)
    }
    let rest = q < 0 ? probability : 1 - probability
    if rest == 0 { return q < 0 ? -.infinity : .infinity }
    let r = (-log(rest)).squareRoot()
    let size =
      r <= 5
      ? polynomial(sideTop, r - 1.6) / polynomial(sideBottom, r - 1.6)
      : polynomial(tailTop, r - 5) / polynomial(tailBottom, r - 5)
    return q < 0 ? -size : size
  }

  private static let inverseOfRootOfTwoPi = 0.398_942_280_401_432_677_94

  private static func polynomial(_ coefficients: [Double], _ x: Double) -> Double {
    coefficients.reduce(0) { $0 * x + $1 }
  }

  private static let middleTop = [
    2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457,
    13731.693765509461125, 1971.5909503065514427, 133.14166789178437745, 3.387132872796366608,
  ]
  private static let middleBottom = [
    5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867,
    5394.1960214247511077, 687.1870074920579083, 42.313330701600911252, 1,
  ]
  private static let sideTop = [
    7.7454501427834140764e-4, 0.0227238449892691845833, 0.24178072517745061177,
    1.27045825245236838258, 3.64784832476320460504, 5.7694972214606914055,
    4.6303378461565452959, 1.42343711074968357734,
  ]
  private static let sideBottom = [
    1.05075007164441684324e-9, 5.475938084995344946e-4, 0.0151986665636164571966,
    0.14810397642748007459, 0.68976733498510000455, 1.6763848301838038494,
    2.05319162663775882187, 1,
  ]
  private static let tailTop = [
    2.01033439929228813265e-7, 2.71155556874348757815e-5, 0.0012426609473880784386,
    0.026532189526576123093, 0.29656057182850489123, 1.7848265399172913358,
    5.4637849111641143699, 6.6579046435011037772,
  ]
  private static let tailBottom = [
    2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5,
    7.868691311456132591e-4, 0.0148753612908506148525, 0.13692988092273580531,
    0.59983220655588793769, 1,
  ]
}
