import Kernel

/// How a value is spread, as the shares of draws that fall between steps.
public struct Histogram: Sendable, Hashable {
  /// One step.
  public struct Bin: Sendable, Hashable {
    /// Where it begins, in base units.
    public let low: Double
    /// Where it ends.
    public let high: Double
    /// The share of values that fall into it.
    public let share: Double
  }

  /// The steps in rising order, from the 1st to the 99th percentile; even in the value, or in its
  /// logarithm when the value spreads over many times itself.
  public let bins: [Bin]
  /// Whether the steps are even in the logarithm.
  public let isLog: Bool
}

extension Estimator {
  /// The histogram of the statement at `place` in `count` steps; nil when it is one number.
  public func histogram(at place: Int, count: Int = 12) throws(EstimateComplaint) -> Histogram? {
    let value = try run.value(at: place)
    let share: (Double) -> Double
    let (low, high): (Double, Double)
    switch value.magnitude {
    case .exact: return nil
    case .gaussian(let form):
      let deviation = try run.variance(of: form).squareRoot()
      let z = PortableMath.normalQuantile(0.99)
      (low, high) = (
        form.value(at: -z, deviation: deviation), form.value(at: z, deviation: deviation)
      )
      share = { edge in
        let place = form.isLog ? PortableMath.log(edge) : edge
        return PortableMath.normalCumulative((place - form.center) / deviation)
      }
    case .sampled(let column):
      let ends = Percentiles.values(of: column, at: [0.01, 0.99])
      (low, high) = (ends[0], ends[1])
      let sorted = column.plain.sorted()
      share = { edge in Double(Self.count(below: edge, in: sorted)) / Double(sorted.count) }
    }
    guard low < high else { return nil }
    let isLog = low > 0 && high / low > 8
    let edges = (0...count).map { step -> Double in
      let part = Double(step) / Double(count)
      guard isLog else { return low + (high - low) * part }
      return low * PortableMath.exp(PortableMath.log(high / low) * part)
    }
    let shares = edges.map(share)
    let bins = (0..<count).map { step in
      Histogram.Bin(
        low: edges[step], high: edges[step + 1], share: max(0, shares[step + 1] - shares[step]))
    }
    return Histogram(bins: bins, isLog: isLog)
  }

  /// How many of the sorted draws lie below `edge`.
  private static func count(below edge: Double, in sorted: [Double]) -> Int {
    var (low, high) = (0, sorted.count)
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] < edge { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
