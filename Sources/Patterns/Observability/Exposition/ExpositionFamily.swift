/// The samples of one metric in a text that a service exposes.
public struct ExpositionFamily: Sendable, Hashable {
  /// What kind of metric it is.
  public enum Kind: String, Sendable, Hashable, CaseIterable {
    /// As named.
    case counter, gauge, summary, untyped, histogram
    /// A histogram whose buckets may go down.
    case gaugeHistogram = "gauge_histogram"
  }

  /// One line of the text.
  public struct Sample: Sendable, Hashable {
    /// The name, suffix included, and the labels.
    public let labels: MetricLabels
    /// The names of the labels as they stand there, in their order.
    public let labelNames: [String]
    /// The value.
    public let value: Double
    /// Milliseconds since 1970, where the line has them.
    public let timestamp: Int64?
  }

  /// The name, without suffixes of histograms and summaries.
  public let name: String
  /// What kind of metric it is; nil where nothing says so yet.
  public internal(set) var kind: Kind?
  /// The help text.
  public internal(set) var help: String?
  /// The lines.
  public internal(set) var samples: [Sample] = []

  /// Whether labels called `name` mean buckets or quantiles here, and not labels.
  func isReserved(_ name: String) -> Bool {
    kind == .summary && name == "quantile" || kind == .histogram && name == "le"
  }
}

/// How a process writes its metrics down.
///
/// Source: github.com/prometheus/docs docs/instrumenting/exposition_formats.md @c105550a;
/// github.com/prometheus/OpenMetrics @3bb328a.
public enum ExpositionFormat: String, Sendable, Hashable, CaseIterable {
  /// Prometheus' text format.
  case prometheus
  /// OpenMetrics 1.0.
  case openMetrics = "openmetrics"

  /// What the answer's header Content-Type says.
  public var contentType: String {
    switch self {
    case .prometheus: "text/plain; version=0.0.4"
    case .openMetrics: "application/openmetrics-text; version=1.0.0"
    }
  }
}
