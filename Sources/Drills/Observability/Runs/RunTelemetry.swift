import Kernel
import Patterns
import Presentation

/// What any run has told of itself, as metrics, logs, traces and alerts.
///
/// The figures over time become series, what happened becomes lines of log and counters, and what
/// led to what becomes traces; all of them lie in the stores of the observability topic.
public struct RunTelemetry: Sendable {
  let outcome: Outcome
  var store = SeriesStore()
  var log = WordIndexedLog()
  var spans = TraceStore()
  /// When alerts changed.
  var alertChanges: [(at: Instant, change: AlertChange)] = []
  private static let step: Int64 = 1_000

  /// Takes in the outcome of a run.
  public init(_ outcome: Outcome) {
    self.outcome = outcome
    for line in outcome.series { take(line) }
    takeEvents()
    takeSpans()
    evaluate()
  }

  private var end: Int64 { outcome.duration.nanoseconds / 1_000_000 }

  /// A name of a series made of the name of a figure: `p99 of writes` is `p99_of_writes`.
  private static func metricName(_ name: String) -> String {
    let letters = name.lowercased().map { character -> Character in
      character.isASCII && (character.isLetter || character.isNumber) ? character : "_"
    }
    let text = String(letters)
    return PromMetricName.isValid(text) ? text : "_" + text
  }

  private mutating func take(_ line: TimeSeries) {
    let labels = MetricLabels(Self.metricName(line.name), ["unit": line.unit.rawValue])
    var wasThere = false
    for (place, value) in line.values.enumerated() {
      let at = Int64(place) * (line.step.nanoseconds / 1_000_000)
      if let value {
        store.append(labels, value, at: at)
      } else if wasThere {
        store.append(labels, SeriesStore.stale, at: at)
      }
      wasThere = value != nil
    }
  }

  /// Events are lines of log, and counters by part and weight that are scraped every second.
  private mutating func takeEvents() {
    let events = outcome.trace.events
    var counts: [(labels: MetricLabels, count: Double)] = []
    for event in events {
      let labels = MetricLabels([("part", event.part), ("weight", event.weight.rawValue)])
      var named = labels
      named[MetricLabels.nameLabel] = "events_total"
      if !counts.contains(where: { $0.labels == named }) { counts.append((named, 0)) }
      var own = labels
      own["kind"] = event.kind
      log.append(
        LogLine(at: event.at.nanoseconds / 1_000_000, labels: own, text: event.detail))
    }
    var next = 0
    let sorted = events.sorted { $0.at < $1.at }
    for time in stride(from: 0, through: end, by: Int64.Stride(Self.step)) {
      while next < sorted.count, sorted[next].at.nanoseconds / 1_000_000 <= time {
        let event = sorted[next]
        let labels = MetricLabels(
          "events_total", ["part": event.part, "weight": event.weight.rawValue])
        if let place = counts.firstIndex(where: { $0.labels == labels }) {
          counts[place].count += 1
        }
        next += 1
      }
      for count in counts { store.append(count.labels, count.count, at: time) }
    }
  }

  /// Each event is a span of the trace that its first cause began; it lasts until the last of what
  /// followed from it.
  private mutating func takeSpans() {
    let events = outcome.trace.events
    var roots = Array(events.indices)
    var ends = events.map(\.at)
    for place in events.indices {
      if let cause = events[place].cause?.index, cause < place { roots[place] = roots[cause] }
    }
    for place in events.indices.reversed() {
      if let cause = events[place].cause?.index, cause < place {
        ends[cause] = max(ends[cause], ends[place])
      }
    }
    for (place, event) in events.enumerated() {
      let cause = event.cause.flatMap { $0.index < place ? $0.index : nil }
      spans.add(
        TraceSpan(
          traceID: Self.id(roots[place], digits: 32), id: Self.id(place, digits: 16),
          parent: cause.map { Self.id($0, digits: 16) }, service: event.part, start: event.at,
          length: max(.zero, ends[place] - event.at), isFailed: event.weight == .harm))
    }
  }

  private static func id(_ place: Int, digits: Int) -> String {
    TraceParent.hexadecimal(UInt64(place + 1), digits: digits)
  }

  /// The event that a span was made of.
  func event(of span: TraceSpan) -> Trace.Event? {
    UInt64(span.id, radix: 16).flatMap { outcome.trace[Trace.ID(Int($0) - 1)] }
  }

  /// One rule for all runs: somebody came to harm within the last minute.
  static let alertQuery = "sum by (part) (increase(events_total{weight=\"harm\"}[1m])) > 0"

  private mutating func evaluate() {
    guard let rule = try? MonitoringRule.alert("Harm", Self.alertQuery) else { return }
    var group = RuleGroup([rule])
    for time in stride(from: 0, through: end, by: Int64.Stride(Self.step * 5)) {
      let now = Instant(nanoseconds: time * 1_000_000)
      for change in group.evaluate(&store, at: time) { alertChanges.append((now, change)) }
    }
  }

  func samples(_ query: String) throws(Diagnostic) -> [PromSample] {
    try PromEngine(store, defaultStep: Self.step).samples(
      try PromParser.expression(query), at: end)
  }

  /// The names of all series, with how many there are of each.
  var names: [(name: String, count: Int)] {
    var names: [(name: String, count: Int)] = []
    for labels in store.allLabels {
      if let place = names.firstIndex(where: { $0.name == labels.name }) {
        names[place].count += 1
      } else {
        names.append((labels.name, 1))
      }
    }
    return names
  }
}
