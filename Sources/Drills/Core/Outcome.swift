import Kernel

/// What came out of a run: figures, series, verdicts and the trace that explains them.
public struct Outcome: Sendable {
  /// The figures, in the order of the scenario's metrics.
  public let measurements: [Measurement]
  /// Figures over time, for charts.
  public let series: [TimeSeries]
  /// What became of each invariant.
  public let verdicts: [InvariantVerdict]
  /// What checkers say of what clients saw.
  public let findings: [Finding]
  /// What happened, with causes.
  public let trace: Trace
  /// How much simulated time passed.
  public let duration: TimeSpan

  /// The outcome of a run.
  public init(
    measurements: [Measurement], series: [TimeSeries], verdicts: [InvariantVerdict],
    findings: [Finding] = [], trace: Trace, duration: TimeSpan
  ) {
    self.measurements = measurements
    self.series = series
    self.verdicts = verdicts
    self.findings = findings
    self.trace = trace
    self.duration = duration
  }

  /// The figure called `name`, or nil when the scenario has no such metric.
  public func measurement(_ name: String) -> Measurement? {
    measurements.first { $0.name == name }
  }

  /// The invariants that were broken.
  public var violations: [InvariantVerdict] { verdicts.filter(\.isViolated) }

  /// A hash of the whole outcome: every recorded event, every figure, every point of every series.
  ///
  /// Two runs that agree in it are the same run.
  public var digest: Digest {
    var digest = trace.digest
    for measurement in measurements {
      digest.fold(measurement.name)
      digest.fold(measurement.value?.bitPattern ?? 1)
    }
    for line in series {
      digest.fold(line.name)
      for value in line.values { digest.fold(value?.bitPattern ?? 1) }
    }
    for verdict in verdicts { digest.fold(verdict.description) }
    for finding in findings { digest.fold(finding.summary) }
    return digest
  }
}

/// A figure over time, at even steps from the start of the run.
public struct TimeSeries: Sendable, Hashable {
  /// How a chart shows it best.
  public enum Style: String, Sendable, Hashable {
    /// A line with an axis.
    case line
    /// A single row of blocks, for loads and rates.
    case strip
    /// A single row, filled where the figure is not 0: a state that is on or off.
    case band
  }

  /// What is shown.
  public let name: String
  /// The unit of the figures.
  public let unit: Unit
  /// How a chart shows it best.
  public let style: Style
  /// The time between two figures.
  public let step: TimeSpan
  /// The figures; nil where there was nothing to measure.
  public let values: [Double?]

  /// A series.
  public init(_ name: String, _ unit: Unit, _ style: Style, step: TimeSpan, values: [Double?]) {
    self.name = name
    self.unit = unit
    self.style = style
    self.step = step
    self.values = values
  }
}

/// What became of one invariant in a run.
public struct InvariantVerdict: Sendable, Hashable {
  /// What is known.
  public enum Verdict: Sendable, Hashable {
    /// It held at every step that was checked.
    case holds
    /// It was broken: when, and what shows it.
    case violated(at: Instant, witness: String)
    /// Nothing can be said, and why.
    case unknown(String)
  }

  /// The name of the invariant.
  public let name: String
  /// What is known of it.
  public let verdict: Verdict

  /// A verdict on the invariant called `name`.
  public init(_ name: String, _ verdict: Verdict) {
    self.name = name
    self.verdict = verdict
  }

  /// Whether it was broken.
  public var isViolated: Bool {
    if case .violated = verdict { true } else { false }
  }
}

extension InvariantVerdict: CustomStringConvertible {
  /// The verdict in one line.
  public var description: String {
    switch verdict {
    case .holds: "\(name): holds"
    case .violated(let at, let witness): "\(name): violated at \(at): \(witness)"
    case .unknown(let reason): "\(name): unknown, \(reason)"
    }
  }
}
