import Kernel

/// A panel of a dashboard: queries, and how their results are to be read.
///
/// Source of the terms: Grafana's dashboard JSON (`targets`, `expr`, `legendFormat`, `unit`,
/// `thresholds`, `nullPointMode`).
public struct DashboardPanel: Sendable, Hashable {
  /// One query.
  public struct Target: Sendable, Hashable {
    /// PromQL in which Grafana's variables may stand.
    public let expr: String
    /// What a series is called: `{{label}}` is filled in; empty for its labels.
    public let legendFormat: String

    /// A query.
    public init(_ expr: String, legendFormat: String = "") {
      self.expr = expr
      self.legendFormat = legendFormat
    }
  }

  /// What becomes of a step without a number.
  public enum NullPointMode: String, Sendable, Hashable, CaseIterable {
    /// A gap.
    case null
    /// A straight line to the next number.
    case connected
    /// A number that nobody measured.
    case nullAsZero = "null-as-zero"
  }

  /// The title.
  public let title: String
  /// The queries.
  public let targets: [Target]
  /// The unit of the values.
  public let unit: PanelUnit
  /// The value from which on a panel is red; nil where it never is.
  public let threshold: Double?
  /// What becomes of a step without a number.
  public let nullPointMode: NullPointMode

  /// A panel.
  public init(
    _ title: String, _ targets: [Target], unit: PanelUnit = .short, threshold: Double? = nil,
    nullPointMode: NullPointMode = .null
  ) {
    self.title = title
    self.targets = targets
    self.unit = unit
    self.threshold = threshold
    self.nullPointMode = nullPointMode
  }

  /// What `engine` answers up to `now`, `limit` series at most.
  public func frames(
    _ engine: PromEngine, _ resolution: PanelResolution, at now: Int64, limit: Int = 8
  ) throws(Diagnostic) -> [PanelFrame] {
    let times = resolution.times(until: now)
    var frames: [PanelFrame] = []
    for target in targets {
      let query = try PromParser.expression(resolution.filled(target.expr))
      var places: [MetricLabels: Int] = [:]
      for (step, time) in times.enumerated() {
        for sample in try engine.samples(query, at: time) {
          var place = places[sample.labels]
          if place == nil, frames.count < limit {
            place = frames.count
            places[sample.labels] = place
            frames.append(
              PanelFrame(sample.labels, legend: legend(target, sample.labels), times: times))
          }
          if let place { frames[place].measure(sample.value, step: step) }
        }
      }
    }
    for place in frames.indices {
      frames[place].fill(
        resolution.shortcut == .zeroForNothing ? .nullAsZero : nullPointMode)
    }
    return frames
  }

  private func legend(_ target: Target, _ labels: MetricLabels) -> String {
    guard !target.legendFormat.isEmpty else {
      return labels.all.isEmpty ? title : labels.selector
    }
    var text = ""
    var rest = Substring(target.legendFormat)
    while let open = rest.firstRange(of: "{{"),
      let close = rest[open.upperBound...].firstRange(of: "}}")
    {
      text += rest[..<open.lowerBound]
      text += labels[String(rest[open.upperBound..<close.lowerBound].filter { $0 != " " })]
      rest = rest[close.upperBound...]
    }
    return text + rest
  }
}

/// One series of a panel: what was measured at each step, and what is drawn there.
public struct PanelFrame: Sendable, Hashable {
  /// What one number is made of many, under Grafana's names.
  public enum Calculation: String, Sendable, Hashable, CaseIterable {
    /// As named; `lastNotNull` is the last step that has a number.
    case lastNotNull, last, mean, max, min
  }

  /// The labels of the series.
  public let labels: MetricLabels
  /// What the panel calls it.
  public let legend: String
  /// The time of each step, in milliseconds.
  public let times: [Int64]
  /// The numbers that the query gave.
  public private(set) var measured: [Double?]
  /// The numbers that are drawn.
  public private(set) var drawn: [Double?] = []

  init(_ labels: MetricLabels, legend: String, times: [Int64]) {
    self.labels = labels
    self.legend = legend
    self.times = times
    measured = Array(repeating: nil, count: times.count)
  }

  mutating func measure(_ value: Double, step: Int) {
    measured[step] = value.isFinite ? value : nil
  }

  mutating func fill(_ mode: DashboardPanel.NullPointMode) {
    drawn = measured
    switch mode {
    case .null: break
    case .nullAsZero: drawn = measured.map { $0 ?? 0 }
    case .connected:
      var last: Int?
      for (place, value) in measured.enumerated() {
        guard let value else { continue }
        if let from = last, place - from > 1, let before = measured[from] {
          for gap in from + 1..<place {
            let share = Double(gap - from) / Double(place - from)
            drawn[gap] = before + (value - before) * share
          }
        }
        last = place
      }
    }
  }

  /// The drawn numbers as one; nil where there is none.
  public func reduced(_ calculation: Calculation) -> Double? {
    let numbers = drawn.compactMap { $0 }
    switch calculation {
    case .lastNotNull: return numbers.last
    case .last: return drawn.last ?? nil
    case .mean:
      return numbers.isEmpty ? nil : numbers.reduce(0, +) / Double(numbers.count)
    case .max: return numbers.max()
    case .min: return numbers.min()
    }
  }

  /// What is wrong with the drawing of a panel with `mode`, or nil: a number that was measured is
  /// drawn as it is, and none stands where nothing may.
  public func fault(_ mode: DashboardPanel.NullPointMode) -> String? {
    for (place, pair) in zip(measured, drawn).enumerated() where pair.0 != pair.1 {
      if pair.0 == nil, mode != .null { continue }
      let text = pair.1.map(GoText.general) ?? "nothing"
      let truth = pair.0.map(GoText.general) ?? "nothing"
      return "at \(Double(times[place]) / 1_000) s \(text) is drawn where \(truth) was measured"
    }
    return nil
  }
}

/// The unit of a panel's values, under Grafana's ids.
public enum PanelUnit: String, Sendable, Hashable, CaseIterable {
  /// A number with a suffix for thousands and more.
  case short
  /// A share from 0 to 1.
  case percentunit
  /// Requests a second.
  case reqps
  /// Seconds.
  case s
  /// Bytes.
  case bytes

  /// The unit of a panel for figures in `unit`.
  public init(_ unit: Unit) {
    self =
      switch unit {
      case .fraction: .percentunit
      case .perSecond: .reqps
      case .seconds: .s
      case .bytes: .bytes
      case .count, .ratio: .short
      }
  }

  /// `value` as the panel writes it.
  public func text(_ value: Double) -> String {
    switch self {
    case .percentunit: return Unit.fraction.text(value)
    case .s: return Unit.seconds.text(value)
    case .bytes: return Unit.bytes.text(value)
    case .reqps: return DecimalText.significant(value, digits: 3) + " req/s"
    case .short:
      var size = value
      var place = 0
      let suffixes = ["", " K", " Mil", " Bil", " Tri"]
      while size.magnitude >= 1_000, place + 1 < suffixes.count {
        size /= 1_000
        place += 1
      }
      return DecimalText.significant(size, digits: 3) + suffixes[place]
    }
  }
}
