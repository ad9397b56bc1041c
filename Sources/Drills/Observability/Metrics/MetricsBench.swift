import Kernel
import Patterns
import Presentation

/// Three instances of a service, a Prometheus that scrapes them, and a prompt for queries; time
/// stands still until `tick`.
public struct MetricsBench: Bench {
  struct Member: Sendable {
    let name: String
    var registry: MetricRegistry
    var target: ScrapeTarget
    var isRunning = true
    /// Requests that are due and not whole yet.
    var due = 0.0
  }

  /// Whose names and defaults it has.
  public enum Kind: String, Sendable {
    /// Ours.
    case plain
    /// Prometheus'.
    case prometheus
    /// Prometheus' and, for the dashboard, Grafana's.
    case grafana
  }

  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let kind: Kind
  var members: [Member]
  var store = SeriesStore()
  var rules: [MonitoringRule] = []
  var group = RuleGroup([])
  var now = Instant.zero
  /// The result of the last query.
  var result: [PromSample] = []
  /// The panels of the dashboard.
  var panels: [DashboardPanel]
  /// What was drawn last.
  var drawn: [PanelFrame] = []
  /// How often an alert began to fire.
  var pages = 0
  private var random = RandomStream(seed: 1, name: "bench")

  /// A fresh bench, plain or with the names and defaults of a tool.
  public init(_ kind: Kind = .plain) {
    self.kind = kind
    let knobs =
      switch kind {
      case .plain: Self.plainKnobs
      case .prometheus: Self.prometheus.knobs
      case .grafana: GrafanaPreset.tool.knobs
      }
    settings = Settings(knobs + Self.loadKnobs)
    panels = kind == .grafana ? GrafanaPreset.panels : []
    members = (1...3).map { number in
      Member(
        name: "api-\(number)", registry: Self.registry,
        target: ScrapeTarget(job: "api", instance: "api-\(number)"))
    }
  }

  /// Prometheus under its own names.
  public static let prometheus = ToolPreset(
    id: "prometheus", title: "Prometheus 2.42",
    knobs: [
      Knob(
        "scrape_interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.minutes(1)),
        source: configuration, "The time between two scrapes of a target."),
      Knob(
        "evaluation_interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.minutes(1)),
        source: configuration, "The time between two evaluations of the rules."),
      Knob(
        "query.lookback-delta", .span(.seconds(1)...(.hours(1))), standard: .span(.minutes(5)),
        source: "github.com/prometheus/prometheus promql/engine.go @d15adb9ad7",
        "How old the newest sample of a series may be and still be its value."),
    ],
    leavesOut: [
      "scrape_timeout (10s): an instance here answers at once or not at all.",
      "Targets are scraped all at the same moment; Prometheus spreads them over the interval.",
      "Native histograms and their functions, and exemplars. mad_over_time, sort_by_label and "
        + "double_exponential_smoothing are of later versions; 2.42 refuses them.",
      "The date of what is no number is no number here; Prometheus gives the year 292277026596.",
      "Retention, blocks and compaction: samples stay as they were written.",
    ])

  private static let configuration =
    "github.com/prometheus/prometheus docs/configuration/configuration.md @d15adb9ad7"

  private static let plainKnobs = [
    Knob(
      "scrape.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
      "The time between two scrapes of an instance."),
    Knob(
      "evaluation.interval", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(15)),
      "The time between two evaluations of the rules."),
    Knob(
      "lookback", .span(.seconds(1)...(.hours(1))), standard: .span(.minutes(5)),
      source: "github.com/prometheus/prometheus promql/engine.go @d15adb9ad7",
      "How old the newest sample of a series may be and still be its value."),
  ]

  private static let loadKnobs = [
    Knob(
      "rate", .number(0...50, .perSecond), standard: .number(5), role: .load,
      "Requests a second to each instance while time passes."),
    Knob(
      "errors", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of them that fails."),
    Knob(
      "latency", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(80)),
      role: .load, "Their mean time; single ones are drawn, exponentially."),
  ]

  static var registry: MetricRegistry {
    var registry = MetricRegistry()
    registry.declare("http_requests_total", .counter, help: "Requests answered.")
    registry.declare(
      "http_request_duration_seconds", .histogram, help: "How long they took.",
      bounds: MetricRegistry.standardBounds)
    for code in ["200", "500"] {
      registry.add(0, to: "http_requests_total", MetricLabels([("code", code)]))
    }
    return registry
  }

  func span(_ plain: String, _ tool: String) -> TimeSpan {
    settings.span(kind == .plain ? plain : tool)
  }

  var lookback: Int64 {
    span("lookback", "query.lookback-delta").nanoseconds / 1_000_000
  }

  var milliseconds: Int64 { now.nanoseconds / 1_000_000 }

  /// The names of the instances.
  public var parts: [String] { members.map(\.name) }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The registry, the scrape, the store and the engine are those that the drills run; the "
          + "engine gives the results of a recorded Prometheus 2.42 to the last digit."
      ],
      leavesOut: kind == .grafana ? GrafanaPreset.tool.leavesOut : Self.prometheus.leavesOut,
      sources: [
        "github.com/prometheus/prometheus promql/functions.go, promql/quantile.go @d15adb9ad7",
        "github.com/prometheus/prometheus promql/testdata of version 2.42, run as tests",
        "github.com/grafana/grafana pkg/promlib/models/query.go @00aaabde",
      ])
  }

  /// The first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for member in members {
      if let fault = member.registry.histogramFault {
        return InvariantViolation("histogram", witness: fault)
      }
    }
    return nil
  }

  /// Turns knobs; what was stored stays.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        changes.isEmpty
          ? "All knobs stand at their defaults." : "Now \(changes.joined(separator: ", ")).")
    ])
  }

  /// Lets a second pass: requests, scrapes, rules.
  mutating func pass() -> [AlertChange] {
    for place in members.indices where members[place].isRunning {
      members[place].due += settings.number("rate")
      while members[place].due >= 1 {
        members[place].due -= 1
        request(place)
      }
    }
    now += .seconds(1)
    if isDue(span("scrape.interval", "scrape_interval")) {
      for place in members.indices {
        let samples = members[place].isRunning ? members[place].registry.samples : nil
        members[place].target.scraped(samples, &store, at: milliseconds)
      }
    }
    guard isDue(span("evaluation.interval", "evaluation_interval")) else { return [] }
    return group.evaluate(&store, at: milliseconds, lookback: lookback)
  }

  private func isDue(_ every: TimeSpan) -> Bool {
    now.nanoseconds % (every.nanoseconds / 1_000_000_000 * 1_000_000_000) == 0
  }

  private mutating func request(_ place: Int) {
    let isFailed = random.chance(settings.number("errors"))
    let latency = settings.span("latency").seconds * random.exponential()
    let labels = MetricLabels([("code", isFailed ? "500" : "200")])
    members[place].registry.add(1, to: "http_requests_total", labels)
    members[place].registry.observe(latency, in: "http_request_duration_seconds")
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    let active = group.active
    return [
      Measurement("result", result.first.flatMap { Self.finite($0.value) }, .ratio),
      Measurement("results", Double(result.count), .count),
      Measurement("firing", Double(active.count { $0.state == .firing }), .count),
      Measurement("pending", Double(active.count { $0.state == .pending }), .count),
      Measurement("pages", Double(pages), .count),
      Measurement("series", Double(store.seriesCount), .count),
      Measurement("samples", Double(store.sampleCount), .count),
      Measurement(
        "failed_scrapes", Double(members.reduce(0) { $0 + $1.target.failures }), .count),
      Measurement("instances_up", Double(members.count(where: \.isRunning)), .count),
      Measurement("clock", now.seconds, .seconds),
      Measurement("rate_interval", Double(resolution.rateInterval) / 1_000, .seconds),
      Measurement("drawn_peak", drawn.compactMap { $0.reduced(.max) }.max(), .ratio),
      Measurement("drawn_last", drawn.first?.reduced(.lastNotNull), .ratio),
      Measurement("drawn_empty", drawnEmpty, .fraction),
    ]
  }

  /// The share of the drawn steps that have no number.
  private var drawnEmpty: Double? {
    let steps = drawn.flatMap(\.drawn)
    return steps.isEmpty ? nil : Double(steps.count { $0 == nil }) / Double(steps.count)
  }

  private static func finite(_ value: Double) -> Double? { value.isFinite ? value : nil }
}
