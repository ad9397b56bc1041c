/// How long something takes, as a distribution over spans of time.
///
/// Written as in `lognormal(p50 5ms, p99 40ms)` or `exponential(8ms)`; a plain `5ms` is always that.
/// Draws are never negative.
public enum Distribution: Sendable, Hashable {
  /// Always the same span.
  case constant(TimeSpan)
  /// Any span from the first to the second, all equally likely.
  case uniform(TimeSpan, TimeSpan)
  /// Memoryless, as gaps between independent arrivals are.
  case exponential(mean: TimeSpan)
  /// A bell around `mean`, drawn again where it falls below zero.
  case normal(mean: TimeSpan, deviation: TimeSpan)
  /// The logarithm is normal with deviation `sigma`: many short, some long, as latencies are.
  case lognormal(median: TimeSpan, sigma: Double)
  /// The sum of `shape` exponential stages, also for a shape that is not whole.
  case gamma(shape: Double, mean: TimeSpan)
  /// A heavy tail from `minimum` upwards: longer than x times that with probability x^-shape.
  case pareto(minimum: TimeSpan, shape: Double)

  /// The lognormal distribution with the given median and 99th percentile.
  public static func lognormal(p50: TimeSpan, p99: TimeSpan) -> Distribution {
    lognormal(p50, at: 0.5, p99, at: 0.99)
  }

  /// The lognormal distribution of which the share `first` lies below `low` and the share
  /// `second` below `high`.
  ///
  /// The spans must be above zero and in order, the shares between 0 and 1 and in order.
  public static func lognormal(
    _ low: TimeSpan, at first: Double, _ high: TimeSpan, at second: Double
  ) -> Distribution {
    precondition(0 < first && first < second && second < 1, "shares must rise between 0 and 1")
    precondition(.zero < low && low <= high, "percentiles must rise above zero")
    let lowPlace = PortableMath.normalQuantile(first)
    let highPlace = PortableMath.normalQuantile(second)
    let ratio = Double(high.nanoseconds) / Double(low.nanoseconds)
    let sigma = PortableMath.log(ratio) / (highPlace - lowPlace)
    let median = Double(low.nanoseconds) * PortableMath.exp(-sigma * lowPlace)
    return .lognormal(median: TimeSpan(drawn: median), sigma: sigma)
  }

  /// One span drawn from `stream`.
  public func sample(_ stream: inout RandomStream) -> TimeSpan {
    // Most draws of a simulation are of this kind; the others would slow it down by their size.
    if case .exponential(let mean) = self {
      return TimeSpan(drawn: Double(mean.nanoseconds) * stream.exponential())
    }
    return sampleAny(&stream)
  }

  @inline(never)
  private func sampleAny(_ stream: inout RandomStream) -> TimeSpan {
    switch self {
    case .constant(let span):
      return span
    case .uniform(let low, let high):
      return stream.span(low, to: high)
    case .exponential(let mean):
      return TimeSpan(drawn: Double(mean.nanoseconds) * stream.exponential())
    case .normal(let mean, let deviation):
      while true {
        let drawn =
          Double(mean.nanoseconds) + Double(deviation.nanoseconds) * stream.normal()
        if drawn >= 0 { return TimeSpan(drawn: drawn) }
      }
    case .lognormal(let median, let sigma):
      let drawn = stream.lognormal(median: Double(median.nanoseconds), sigma: sigma)
      return TimeSpan(drawn: drawn)
    case .gamma(let shape, let mean):
      let scale = Double(mean.nanoseconds) / shape
      return TimeSpan(drawn: scale * stream.gamma(shape: shape))
    case .pareto(let minimum, let shape):
      return TimeSpan(drawn: Double(minimum.nanoseconds) * stream.pareto(shape: shape))
    }
  }

  /// The mean, exact by formula; nil when it is not finite (a Pareto tail of shape 1 or less).
  public var mean: TimeSpan? {
    switch self {
    case .constant(let span): return span
    case .uniform(let low, let high):
      return TimeSpan(nanoseconds: low.nanoseconds + (high.nanoseconds - low.nanoseconds) / 2)
    case .exponential(let mean), .gamma(_, let mean): return mean
    case .normal(let mean, let deviation):
      guard deviation > .zero else { return mean }
      let edge = -Double(mean.nanoseconds) / Double(deviation.nanoseconds)
      let density = PortableMath.exp(-0.5 * edge * edge) / (2 * Double.pi).squareRoot()
      let shift = density / PortableMath.normalCumulative(-edge)
      return TimeSpan(
        drawn: Double(mean.nanoseconds) + Double(deviation.nanoseconds) * shift)
    case .lognormal(let median, let sigma):
      return TimeSpan(drawn: Double(median.nanoseconds) * PortableMath.exp(0.5 * sigma * sigma))
    case .pareto(let minimum, let shape):
      guard shape > 1 else { return nil }
      return TimeSpan(drawn: Double(minimum.nanoseconds) * (shape / (shape - 1)))
    }
  }
}

extension TimeSpan {
  /// A drawn number of nanoseconds, not negative, rounded and kept within 146 years.
  init(drawn nanoseconds: Double) {
    self.init(nanoseconds: nanoseconds < 4.6e18 ? Int64(nanoseconds + 0.5) : .max / 2)
  }
}
