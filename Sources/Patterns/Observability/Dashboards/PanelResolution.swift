import Kernel

/// How finely a panel asks: from its time range, the points that it has room for and the time
/// between two scrapes, as Grafana works it out.
///
/// Source: github.com/grafana/grafana pkg/tsdb/intervalv2/intervalv2.go @05b4ce48 (`Calculate`,
/// `roundInterval`), pkg/promlib/models/query.go @00aaabde (`calculateRateInterval`,
/// `interpolateVariables`, `AlignTimeRange`).
public struct PanelResolution: Sendable, Hashable {
  /// The time range that is shown, in milliseconds.
  public let range: Int64
  /// The most points that a series is to have: the panel's width in pixels, in a browser.
  public let maxDataPoints: Int
  /// The panel's "Min interval", which stands in for the scrape interval; nil where it has none.
  public let minInterval: Int64?
  /// The "Scrape interval" that the data source is told, whatever Prometheus really does.
  public let scrapeInterval: Int64
  let shortcut: DashboardShortcut?

  /// A resolution; times are in milliseconds.
  public init(
    range: Int64, maxDataPoints: Int, minInterval: Int64? = nil, scrapeInterval: Int64,
    shortcut: DashboardShortcut? = nil
  ) {
    precondition(range > 0 && maxDataPoints > 0 && scrapeInterval > 0, "a panel shows something")
    self.range = range
    self.maxDataPoints = maxDataPoints
    self.minInterval = minInterval
    self.scrapeInterval = scrapeInterval
    self.shortcut = shortcut
  }

  private var least: Int64 { minInterval ?? scrapeInterval }

  /// `$__interval`, in milliseconds: the range over the points, rounded to a usual span, and never
  /// less than the scrape interval.
  public var interval: Int64 {
    let asked = range / Int64(maxDataPoints)
    return asked < least ? least : Self.rounded(asked)
  }

  /// The time between two points, in milliseconds: `$__interval`, but not so little that a
  /// series would have many more than 11,000 points.
  public var step: Int64 { max(interval, Self.rounded(range / 11_000)) }

  /// `$__rate_interval`, in milliseconds: four scrape intervals, or a step and a scrape interval
  /// if that is more.
  public var rateInterval: Int64 {
    if shortcut == .rateOverOneStep { return interval }
    return max(interval + least, 4 * least)
  }

  /// What is wrong with the window of rates, or nil.
  public var fault: String? {
    let wanted = max(4 * least, interval + least)
    guard rateInterval < wanted else { return nil }
    return "$__rate_interval is \(PromDuration.text(rateInterval)), and "
      + "\(PromDuration.text(wanted)) is the least with scrapes every \(PromDuration.text(least))"
  }

  /// The times of the points up to `now`: whole multiples of the step, from 0 on.
  public func times(until now: Int64) -> [Int64] {
    let first = max(0, Self.floor(now - range, step))
    let last = Self.floor(now, step)
    return last < first ? [] : Array(stride(from: first, through: last, by: Int64.Stride(step)))
  }

  private static func floor(_ time: Int64, _ step: Int64) -> Int64 {
    let rest = time % step
    return time - (rest < 0 ? rest + step : rest)
  }

  /// `query` with Grafana's variables filled in.
  public func filled(_ query: String) -> String {
    let variables: [(name: String, text: String)] = [
      ("__rate_interval_ms", "\(rateInterval)"),
      ("__rate_interval", PromDuration.text(rateInterval)), ("__interval_ms", "\(step)"),
      ("__interval", PromDuration.text(step)), ("__range_ms", "\(range)"),
      ("__range_s", "\((range + 500) / 1_000)"), ("__range", "\((range + 500) / 1_000)s"),
    ]
    // The longer names first: one is the beginning of another.
    return variables.reduce(query) { text, variable in
      text.replacing("${\(variable.name)}", with: variable.text)
        .replacing("$\(variable.name)", with: variable.text)
    }
  }

  /// The usual span that is nearest to `interval`, in milliseconds.
  static func rounded(_ interval: Int64) -> Int64 {
    usual.first { interval <= $0.upTo }?.span ?? 31_536_000_000
  }

  private static let usual: [(upTo: Int64, span: Int64)] = [
    (10, 1), (15, 10), (35, 20), (75, 50), (150, 100), (350, 200), (750, 500), (1_500, 1_000),
    (3_500, 2_000), (7_500, 5_000), (12_500, 10_000), (17_500, 15_000), (25_000, 20_000),
    (45_000, 30_000), (90_000, 60_000), (210_000, 120_000), (450_000, 300_000),
    (750_000, 600_000), (1_050_000, 900_000), (1_500_000, 1_200_000), (2_700_000, 1_800_000),
    (5_400_000, 3_600_000), (9_000_000, 7_200_000), (16_200_000, 10_800_000),
    (32_400_000, 21_600_000), (86_400_000, 43_200_000), (604_800_000, 86_400_000),
    (1_814_400_000, 604_800_000), (3_628_799_999, 2_592_000_000),
  ]
}

/// A deliberate bug in a dashboard: the healthy code with one thing left out.
public enum DashboardShortcut: String, Sendable, Hashable, CaseIterable {
  /// A step without a number is drawn as 0, whatever the panel says.
  case zeroForNothing = "zero-for-nothing"
  /// `$__rate_interval` is one step, however far apart the scrapes are.
  case rateOverOneStep = "rate-over-one-step"
}
