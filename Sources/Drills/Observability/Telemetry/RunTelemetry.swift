import Kernel
import Patterns

/// A run as a monitoring system would have seen it: its series as gauges, its trace as counters.
///
/// Every series of the outcome becomes a gauge with a sample at each of its steps, and every event of
/// the trace counts in `trace_events_total`, by part, kind and weight. Queries are those of the
/// topic on observability: the same engine, the same rules.
public struct RunTelemetry: Sendable {
  /// The gauges: what queries call them, and the series that they are.
  public let gauges: [(name: String, series: TimeSeries)]
  /// How long the run lasted, in milliseconds.
  public let end: Int64
  /// When the first event that somebody suffered from was recorded, in milliseconds.
  public let firstHarm: Int64?
  private var store = SeriesStore()

  /// Answers queries about the run; a sample counts until the next one of its series is due.
  var engine: PromEngine {
    let steps = gauges.map { $0.series.step.nanoseconds / 1_000_000 }
    return PromEngine(
      store, lookback: max(PromEngine.standardLookback, interval, steps.max() ?? 0))
  }

  /// The counter of the events of the trace.
  public static let eventCounter = "trace_events_total"
  /// The time between two evaluations of a rule or two points of a graph, in milliseconds: a
  /// second, and the 20,000th part of a run of more than 30 days, in whole seconds.
  let interval: Int64

  /// What `outcome` would have looked like.
  public init(_ outcome: Outcome) {
    var gauges: [(name: String, series: TimeSeries)] = []
    for series in outcome.series {
      let name = Self.name(series.name)
      guard !gauges.contains(where: { $0.name == name }) else { continue }
      gauges.append((name, series))
    }
    self.gauges = gauges
    end = outcome.duration.nanoseconds / 1_000_000
    let isLong = outcome.duration > .hours(24 * 30)
    interval = isLong ? (end / 20_000_000 + 1) * 1_000 : 1_000
    firstHarm = outcome.trace.events.first { $0.weight == .harm }
      .map { $0.at.nanoseconds / 1_000_000 }
    for (name, series) in gauges { append(name, series) }
    append(outcome.trace)
  }

  private mutating func append(_ name: String, _ series: TimeSeries) {
    let step = max(1, series.step.nanoseconds / 1_000_000)
    var wasThere = false
    for (place, value) in series.values.enumerated() {
      let time = Int64(place + 1) * step
      if let value {
        store.append(MetricLabels(name), value, at: time)
      } else if wasThere {
        store.append(MetricLabels(name), SeriesStore.stale, at: time)
      }
      wasThere = value != nil
    }
  }

  private mutating func append(_ trace: Trace) {
    var kinds: [MetricLabels] = []
    var placeOf: [MetricLabels: Int] = [:]
    var counts: [Double] = []
    var next = 0
    for event in trace.events where placeOf[Self.labels(event)] == nil {
      placeOf[Self.labels(event)] = kinds.count
      kinds.append(Self.labels(event))
      counts.append(0)
    }
    var time: Int64 = 0
    while time <= end {
      while next < trace.events.count, trace.events[next].at.nanoseconds / 1_000_000 <= time {
        if let place = placeOf[Self.labels(trace.events[next])] { counts[place] += 1 }
        next += 1
      }
      for (place, labels) in kinds.enumerated() { store.append(labels, counts[place], at: time) }
      time += interval
    }
  }

  private static func labels(_ event: Trace.Event) -> MetricLabels {
    MetricLabels([
      (MetricLabels.nameLabel, eventCounter), ("part", event.part), ("kind", event.kind),
      ("weight", event.weight.rawValue),
    ])
  }

  /// A name as queries write it: `not answered` becomes `not_answered`.
  static func name(_ text: String) -> String {
    var name = ""
    for character in text {
      let isPlain = character.isASCII && (character.isLetter || character.isNumber)
      name.append(isPlain ? character : "_")
    }
    return name.first?.isNumber == true ? "_" + name : name
  }
}

// MARK: Questions

extension RunTelemetry {
  /// What a query yields at one moment.
  public struct Sample: Sendable, Hashable {
    /// The labels, as in `{part="shard-2"}`.
    public let labels: String
    /// The value.
    public let value: Double
  }

  /// What `query` yields at `milliseconds`; at the end of the run where none is given.
  public func samples(
    _ query: String, at milliseconds: Int64? = nil
  ) throws(Diagnostic) -> [Sample] {
    let expression = try PromParser.expression(query)
    return try engine.samples(expression, at: milliseconds ?? end).map {
      Sample(labels: $0.labels.description, value: $0.value)
    }
  }

  /// What `query` yields at every interval of the run, a series for each set of labels, `limit` at
  /// most.
  public func graph(_ query: String, limit: Int = 6) throws(Diagnostic) -> [TimeSeries] {
    let expression = try PromParser.expression(query)
    let engine = engine
    var names: [String] = []
    var values: [[Double?]] = []
    var steps = 0
    var time: Int64 = 0
    while time <= end {
      for sample in try engine.samples(expression, at: time) {
        let name = sample.labels.description
        var place = names.firstIndex(of: name)
        if place == nil, names.count < limit {
          place = names.count
          names.append(name)
          values.append(Array(repeating: nil, count: steps))
        }
        if let place { values[place].append(sample.value.isFinite ? sample.value : nil) }
      }
      steps += 1
      for place in values.indices where values[place].count < steps { values[place].append(nil) }
      time += interval
    }
    return zip(names, values).map { name, values in
      TimeSeries(
        name, .ratio, .line, step: .nanoseconds(interval * 1_000_000), values: values)
    }
  }

  /// A moment at which an alert changed.
  public struct AlertMoment: Sendable, Hashable {
    /// When, in milliseconds.
    public let at: Int64
    /// `pending`, `firing`, `dropped` or `resolved`.
    public let event: String
    /// The labels of the alert, its name left out.
    public let labels: String
  }

  /// What a rule that alerts while `query` yields anything for at least `wait` would have done,
  /// evaluated at every interval.
  public func alert(_ query: String, for wait: TimeSpan) throws(Diagnostic) -> [AlertMoment] {
    let rule = try MonitoringRule.alert(
      "alert", query, for: wait.nanoseconds / 1_000_000)
    // A query that cannot be evaluated fails in silence within a group; here it is told.
    _ = try engine.samples(rule.expression, at: 0)
    var group = RuleGroup([rule])
    var store = store
    var moments: [AlertMoment] = []
    var time: Int64 = 0
    while time <= end {
      for change in group.evaluate(&store, at: time) {
        moments.append(
          AlertMoment(
            at: time, event: change.event.rawValue,
            labels: change.labels.without(["alertname"]).description))
      }
      time += interval
    }
    return moments
  }

  /// The query that holds while `clause` is missed; nil where no gauge has the clause's name.
  public func violation(of clause: Condition.Clause) -> String? {
    let name = Self.name(clause.name)
    guard gauges.contains(where: { $0.name == name }) else { return nil }
    func text(_ value: Double) -> String { GoText.general(value) }
    switch clause.comparison {
    case .below(let bound): return "\(name) >= \(text(bound))"
    case .atMost(let bound): return "\(name) > \(text(bound))"
    case .above(let bound): return "\(name) <= \(text(bound))"
    case .atLeast(let bound): return "\(name) < \(text(bound))"
    case .within(let low, let high): return "\(name) < \(text(low)) or \(name) > \(text(high))"
    case .not(let value): return "\(name) == \(text(value))"
    }
  }
}
