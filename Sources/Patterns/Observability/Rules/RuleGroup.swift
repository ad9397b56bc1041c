import Kernel

/// A rule: an expression whose result becomes new series, or alerts.
public struct MonitoringRule: Sendable, Hashable {
  /// What becomes of the result.
  public enum Action: Sendable, Hashable {
    /// A series of this name.
    case record(String)
    /// An alert of this name for each sample of the result.
    case alert(String, for: Int64, keepFiringFor: Int64)
  }

  /// What becomes of the result.
  public let action: Action
  /// The query.
  public let expression: PromExpression
  /// Labels put on what comes out.
  public let labels: [MetricLabels.Label]

  /// A rule that records `expression` as `name`.
  public static func record(
    _ name: String, _ expression: String, labels: [(String, String)] = []
  ) throws(Diagnostic) -> MonitoringRule {
    MonitoringRule(
      action: .record(name), expression: try PromParser.expression(expression), labels: labels)
  }

  /// A rule that alerts while `expression` yields anything; times are in milliseconds.
  public static func alert(
    _ name: String, _ expression: String, for wait: Int64 = 0, keepFiringFor: Int64 = 0,
    labels: [(String, String)] = []
  ) throws(Diagnostic) -> MonitoringRule {
    MonitoringRule(
      action: .alert(name, for: wait, keepFiringFor: keepFiringFor),
      expression: try PromParser.expression(expression), labels: labels)
  }

  private init(action: Action, expression: PromExpression, labels: [(String, String)]) {
    self.action = action
    self.expression = expression
    self.labels = labels.map { MetricLabels.Label(name: $0.0, value: $0.1) }
  }

  /// The name of the series or the alert.
  public var name: String {
    switch action {
    case .record(let name), .alert(let name, _, _): name
    }
  }
}

/// An alert that is not inactive.
public struct ActiveAlert: Sendable, Hashable {
  /// Whether it only waits for its `for` to pass.
  public enum State: String, Sendable, Hashable {
    /// The condition holds, but not long enough yet.
    case pending
    /// It has held for long enough.
    case firing
  }

  /// The labels, `alertname` among them.
  public let labels: MetricLabels
  /// Whether it fires yet.
  public internal(set) var state: State
  /// Since when the condition holds, in milliseconds.
  public let activeAt: Int64
  /// Since when the condition has stopped holding while the alert is kept firing.
  var keptSince: Int64?
  /// The value at the last evaluation at which the condition held.
  public internal(set) var value: Double
}

/// What happened to an alert at an evaluation.
public struct AlertChange: Sendable, Hashable {
  /// What it became.
  public enum Event: String, Sendable, Hashable {
    /// Its condition holds since now.
    case pending
    /// It fires since now.
    case firing
    /// It was pending, and its condition holds no more.
    case dropped
    /// It fired, and does so no more.
    case resolved
  }

  /// The labels, `alertname` among them.
  public let labels: MetricLabels
  /// What it became.
  public let event: Event
}

/// Rules that are evaluated one after the other at even steps; each sees what those before it
/// have just written.
public struct RuleGroup: Sendable, Equatable {
  /// The rules in order.
  public let rules: [MonitoringRule]
  /// Whether `for` is left out: the bug that a mutant has.
  public let shortcut: MonitoringShortcut?
  /// For each rule its alerts, sorted by labels.
  private var alerts: [[ActiveAlert]]
  /// For each rule the series that it wrote at the evaluation before.
  private var written: [[MetricLabels]]
  /// Evaluations that failed, by rule.
  public private(set) var failures: [String?]

  /// A group of `rules`.
  public init(_ rules: [MonitoringRule], shortcut: MonitoringShortcut? = nil) {
    self.rules = rules
    self.shortcut = shortcut
    alerts = Array(repeating: [], count: rules.count)
    written = Array(repeating: [], count: rules.count)
    failures = Array(repeating: nil, count: rules.count)
  }

  /// The alerts that are pending or firing, in the order of their rules.
  public var active: [ActiveAlert] { alerts.flatMap { $0 } }

  /// Evaluates every rule at `time` against `store` and writes the results into it.
  public mutating func evaluate(
    _ store: inout SeriesStore, at time: Int64, lookback: Int64 = PromEngine.standardLookback
  ) -> [AlertChange] {
    var changes: [AlertChange] = []
    for place in rules.indices {
      do {
        let samples = try result(of: place, store, at: time, lookback)
        let output = try output(of: place, samples, at: time, &changes)
        write(output, of: place, &store, at: time)
        failures[place] = nil
      } catch {
        failures[place] = error.message
      }
    }
    return changes
  }

  /// The engine ends with this function: a store that it still held would be copied when written.
  private func result(
    of place: Int, _ store: SeriesStore, at time: Int64, _ lookback: Int64
  ) throws(Diagnostic) -> [PromSample] {
    let engine = PromEngine(store, lookback: lookback, shortcut: shortcut)
    return try engine.samples(rules[place].expression, at: time)
  }

  private mutating func write(
    _ samples: [PromSample], of place: Int, _ store: inout SeriesStore, at time: Int64
  ) {
    for sample in samples { store.append(sample.labels, sample.value, at: time) }
    let labels = samples.map(\.labels)
    let now = Set(labels)
    for old in written[place] where !now.contains(old) {
      store.append(old, SeriesStore.stale, at: time)
    }
    written[place] = labels
  }

  private mutating func output(
    of place: Int, _ samples: [PromSample], at time: Int64, _ changes: inout [AlertChange]
  ) throws(Diagnostic) -> [PromSample] {
    let rule = rules[place]
    switch rule.action {
    case .record(let name):
      var seen = Set<MetricLabels>()
      var output: [PromSample] = []
      for sample in samples {
        var labels = sample.labels
        labels[MetricLabels.nameLabel] = name
        for label in rule.labels { labels[label.name] = label.value }
        guard seen.insert(labels).inserted else {
          throw Diagnostic(
            "vector contains metrics with the same labelset after applying rule labels")
        }
        output.append(PromSample(labels: labels, value: sample.value, at: time))
      }
      return output
    case .alert(let name, let wait, let keep):
      let hits = try hits(rule, name, samples)
      var step = AlertStep(wait: shortcut == .ignoresFor ? 0 : wait, keep: keep, now: time)
      alerts[place] = step.advance(alerts[place], hits)
      changes += step.changes
      return alerts[place].flatMap { Self.series(of: $0, rule, at: time) }
    }
  }

  private func hits(
    _ rule: MonitoringRule, _ name: String, _ samples: [PromSample]
  ) throws(Diagnostic) -> [MetricLabels: Double] {
    var hits: [MetricLabels: Double] = [:]
    for sample in samples {
      var labels = sample.labels.unnamed
      for label in rule.labels {
        labels[label.name] = Self.filled(label.value, sample)
      }
      labels["alertname"] = name
      guard hits.updateValue(sample.value, forKey: labels) == nil else {
        throw Diagnostic(
          "vector contains metrics with the same labelset after applying alert labels")
      }
    }
    return hits
  }

  /// `{{ $value }}` and `{{ $labels.NAME }}` filled in.
  private static func filled(_ template: String, _ sample: PromSample) -> String {
    var text = ""
    var rest = Substring(template)
    while let open = rest.firstRange(of: "{{") {
      text += rest[..<open.lowerBound]
      rest = rest[open.upperBound...]
      guard let close = rest.firstRange(of: "}}") else { return text }
      let word = rest[..<close.lowerBound].filter { !$0.isWhitespace }
      rest = rest[close.upperBound...]
      if word == "$value" {
        text += GoText.general(sample.value)
      } else if word.hasPrefix("$labels.") {
        text += sample.labels[String(word.dropFirst("$labels.".count))]
      }
    }
    return text + rest
  }

  /// The two series that tell of an alert.
  ///
  /// A label of the rule that comes out empty for the alert stands here as it is written in the
  /// rule. Source: prometheus/prometheus v2.42.0, rules/alerting.go, sample; seen with promtool.
  private static func series(
    of alert: ActiveAlert, _ rule: MonitoringRule, at time: Int64
  ) -> [PromSample] {
    var labels = MetricLabels(rule.labels.map { ($0.name, $0.value) })
    for label in alert.labels.all { labels[label.name] = label.value }
    var state = labels
    state[MetricLabels.nameLabel] = "ALERTS"
    state["alertstate"] = alert.state.rawValue
    var since = labels
    since[MetricLabels.nameLabel] = "ALERTS_FOR_STATE"
    let seconds = Double(alert.activeAt / 1_000)
    return [
      PromSample(labels: state, value: 1, at: time),
      PromSample(labels: since, value: seconds, at: time),
    ]
  }
}
