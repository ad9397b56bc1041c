import Kernel
import Patterns

/// The service that is looked at, what scrapes it, and what its clients call an outage: read once.
struct ServiceSettings: Sendable {
  /// The bounds of the latency histogram.
  enum Buckets: String, CaseIterable, Sendable {
    case standard, coarse, slo
  }

  /// What series cost, where that is asked.
  struct Cardinality: Sendable {
    var hasUserLabel = false
    var users = 1_000
    var memory = Double.infinity
    var seriesBytes = 4_000.0

    /// No label without a bound, and memory for what there is.
    static let bounded = Cardinality()

    private init() {}

    init(_ settings: Settings) {
      hasUserLabel = settings.word("labels") == "user"
      users = settings.integer("users")
      memory = settings.number("memory")
      seriesBytes = settings.number("series.bytes")
    }
  }

  let scrapeEvery: TimeSpan
  let bounds: [Double]
  let duration: TimeSpan
  let rate: Double
  let instances: Int
  let canaryShare: Double
  let latency: Distribution
  let goodLatency: TimeSpan
  let tailShare: Double
  let tailTime: TimeSpan
  let errorShare: Double
  let harmAbove: Double
  let harmSpan: TimeSpan
  let cardinality: Cardinality
  let shortcut: MonitoringShortcut?

  init(_ settings: Settings, _ cardinality: Cardinality, mutant: String? = nil) {
    shortcut = mutant.flatMap(MonitoringShortcut.init(rawValue:))
    scrapeEvery = settings.span("scrape.interval")
    goodLatency = settings.span("good.latency")
    bounds = Self.bounds(
      Buckets(rawValue: settings.word("buckets")) ?? .standard, goodLatency.seconds)
    duration = settings.span("duration")
    rate = settings.number("rate")
    instances = settings.integer("instances")
    canaryShare = settings.number("canary")
    let median = settings.span("latency")
    latency = .lognormal(p50: median, p99: median * 3)
    tailShare = settings.number("tail.share")
    tailTime = settings.span("tail.time")
    errorShare = settings.number("errors")
    harmAbove = settings.number("harm.above")
    harmSpan = settings.span("harm.span")
    self.cardinality = cardinality
  }

  private static func bounds(_ buckets: Buckets, _ good: Double) -> [Double] {
    switch buckets {
    case .standard: MetricRegistry.standardBounds
    case .coarse: [0.1, 1, 10]
    case .slo: [good / 10, good / 5, good / 2, good * 0.8, good, good * 1.2, good * 2, good * 10]
    }
  }

  /// The instances are `api-1` and so on, scraped by `prometheus`.
  var roster: Roster { Roster((1...instances).map { "api-\($0)" } + ["prometheus"]) }

  /// Refuses runs that would take too long.
  func validate() throws(Diagnostic) {
    let work = rate * duration.seconds
    guard work <= 400_000 else {
      throw Diagnostic(
        "This run would have \(Unit.count.text(work)) requests; 400,000 are allowed.",
        expected: "a lower rate or a shorter duration")
    }
    let scrapes = duration.seconds / scrapeEvery.seconds * Double(instances)
    let series = cardinality.hasUserLabel ? Double(cardinality.users) : 20
    guard scrapes * series <= 3_000_000 else {
      throw Diagnostic(
        "This run would take \(Unit.count.text(scrapes * series)) samples; 3,000,000 are allowed.",
        expected: "a longer scrape.interval, fewer users or a shorter duration")
    }
  }
}
