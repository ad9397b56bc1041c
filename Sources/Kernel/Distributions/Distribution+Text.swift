extension Distribution: CustomStringConvertible {
  /// The distribution in a form that reads back as the same distribution.
  public var description: String {
    switch self {
    case .constant(let span): Self.text(span)
    case .uniform(let low, let high): "uniform(\(Self.text(low)), \(Self.text(high)))"
    case .exponential(let mean): "exponential(\(Self.text(mean)))"
    case .normal(let mean, let deviation):
      "normal(mean \(Self.text(mean)), deviation \(Self.text(deviation)))"
    case .lognormal(let median, let sigma): Self.lognormalText(median, sigma)
    case .gamma(let shape, let mean): "gamma(shape \(Self.text(shape)), mean \(Self.text(mean)))"
    case .pareto(let minimum, let shape):
      "pareto(minimum \(Self.text(minimum)), shape \(Self.text(shape)))"
    }
  }

  /// Percentiles where they say the same to the last bit, else the deviation of the logarithm.
  private static func lognormalText(_ median: TimeSpan, _ sigma: Double) -> String {
    let place = PortableMath.normalQuantile(0.99)
    let p99 = TimeSpan(
      drawn: Double(median.nanoseconds) * PortableMath.exp(sigma * place))
    let isSame =
      .zero < median && median <= p99
      && Distribution.lognormal(p50: median, p99: p99) == .lognormal(median: median, sigma: sigma)
    return isSame
      ? "lognormal(p50 \(text(median)), p99 \(text(p99)))"
      : "lognormal(p50 \(text(median)), sigma \(text(sigma)))"
  }

  private static func text(_ span: TimeSpan) -> String { Setting.span(span).description }

  private static func text(_ number: Double) -> String { Setting.number(number).description }
}

extension Distribution {
  /// The words that a distribution begins with, unless it is a plain span.
  public static let words = [
    "constant", "uniform", "exponential", "normal", "lognormal", "gamma", "pareto",
  ]

  /// Reads a distribution such as `5ms`, `exponential(8ms)` or `lognormal(p50 5ms, p99 40ms)`.
  ///
  /// Throws a diagnostic whose column points at the part that cannot be taken.
  public init(text: String) throws(Diagnostic) {
    let call = try DistributionCall(text)
    self = try call.distribution()
  }
}
