import Kernel
import Patterns

/// A question about the service as PromQL, asked by the rules of an alert and by the panel of a
/// dashboard alike.
enum ServiceQuery: Sendable {
  case errors, errorsByInstance
  case trafficRaw, trafficRate
  case latencyMean, latencyMeanOfP99, latencyP99

  private static let total = "http_requests_total"
  private static let histogram = "http_request_duration_seconds"

  /// The lowest rate of any request counter, over so many milliseconds; it must not be negative.
  static func lowestRate(over window: Int64) -> String {
    "min(rate(\(total)[\(PromDuration.text(window))]))"
  }

  /// The query, with rates over so many milliseconds.
  func text(over window: Int64) -> String {
    let span = PromDuration.text(window)
    switch self {
    case .errors:
      return "sum(rate(\(Self.total){code=\"500\"}[\(span)])) / sum(rate(\(Self.total)[\(span)]))"
    case .errorsByInstance:
      return "avg(sum by (instance) (rate(\(Self.total){code=\"500\"}[\(span)])) / "
        + "sum by (instance) (rate(\(Self.total)[\(span)])))"
    case .trafficRaw:
      return "(sum(\(Self.total)) - sum(\(Self.total) offset \(span))) / "
        + GoText.plain(Double(window) / 1_000)
    case .trafficRate: return "sum(rate(\(Self.total)[\(span)]))"
    case .latencyMean:
      return "sum(rate(\(Self.histogram)_sum[\(span)])) / "
        + "sum(rate(\(Self.histogram)_count[\(span)]))"
    case .latencyMeanOfP99:
      return "avg(histogram_quantile(0.99, sum by (instance, le) "
        + "(rate(\(Self.histogram)_bucket[\(span)]))))"
    case .latencyP99:
      return "histogram_quantile(0.99, sum by (le) (rate(\(Self.histogram)_bucket[\(span)])))"
    }
  }

  /// The unit of its answer.
  var unit: Unit {
    switch self {
    case .errors, .errorsByInstance: .fraction
    case .trafficRaw, .trafficRate: .perSecond
    case .latencyMean, .latencyMeanOfP99, .latencyP99: .seconds
    }
  }
}

/// From where on an answer is bad.
struct ServiceBounds: Sendable {
  private let errorsAbove: Double
  private let latencyAbove: TimeSpan
  private let trafficBelow: Double
  private let usualRate: Double

  init(_ settings: Settings) {
    errorsAbove = settings.number("errors.above")
    latencyAbove = settings.span("latency.above")
    trafficBelow = settings.number("traffic.below")
    usualRate = settings.number("rate")
  }

  /// The bound of the query's answers.
  func bound(of query: ServiceQuery) -> Double {
    switch query {
    case .errors, .errorsByInstance: errorsAbove
    case .trafficRaw, .trafficRate: trafficBelow * usualRate
    case .latencyMean, .latencyMeanOfP99, .latencyP99: latencyAbove.seconds
    }
  }

  /// Whether little is bad, and not much.
  func isFloor(_ query: ServiceQuery) -> Bool {
    switch query {
    case .trafficRaw, .trafficRate: true
    case .errors, .errorsByInstance, .latencyMean, .latencyMeanOfP99, .latencyP99: false
    }
  }

  /// Whether an answer to the query is bad.
  func isBeyond(_ value: Double, _ query: ServiceQuery) -> Bool {
    isFloor(query) ? value < bound(of: query) : value > bound(of: query)
  }
}
