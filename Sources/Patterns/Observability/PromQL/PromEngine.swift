import Kernel

/// One sample of a result.
public struct PromSample: Sendable, Hashable {
  /// The series.
  public var labels: MetricLabels
  /// The value.
  public var value: Double
  /// When the sample was taken, in milliseconds; the time of the query for what was computed.
  public var at: Int64

  /// The sample in the form in which the tests of Prometheus print it.
  public var testText: String { "\(labels) \(GoText.scientific(value))" }
}

/// What a query yields.
public enum PromValue: Sendable {
  /// One number.
  case scalar(Double)
  /// One sample for each series.
  case vector([PromSample])
  /// Many samples for each series.
  case matrix([PromSeries])
  /// A text.
  case text(String)
}

/// Samples of one series over a range.
public struct PromSeries: Sendable {
  /// The series.
  public let labels: MetricLabels
  /// Its samples, staleness markers left out.
  public let points: ArraySlice<SeriesStore.Point>
}

/// Evaluates queries over a store: the semantics of Prometheus 2.42.
public struct PromEngine: Sendable {
  /// How far back the newest sample of a series may lie: five minutes by default.
  public static let standardLookback: Int64 = 300_000

  let store: SeriesStore
  let lookback: Int64
  /// The step of subqueries that name none.
  let defaultStep: Int64
  let shortcut: MonitoringShortcut?

  /// An engine over `store`.
  public init(
    _ store: SeriesStore, lookback: Int64 = PromEngine.standardLookback,
    defaultStep: Int64 = 60_000, shortcut: MonitoringShortcut? = nil
  ) {
    self.store = store
    self.lookback = lookback
    self.defaultStep = defaultStep
    self.shortcut = shortcut
  }

  /// What `expression` yields at `time`, in milliseconds; vectors are sorted by labels unless the
  /// query sorts them itself, as `topk` and `bottomk` do too.
  public func evaluate(
    _ expression: PromExpression, at time: Int64
  ) throws(Diagnostic) -> PromValue {
    try value(expression, PromMoment(time))
  }

  /// The samples that `expression` yields at `time`; a number counts as a sample without labels.
  public func samples(
    _ expression: PromExpression, at time: Int64
  ) throws(Diagnostic) -> [PromSample] {
    switch try evaluate(expression, at: time) {
    case .vector(let samples): return samples
    case .scalar(let value): return [PromSample(labels: MetricLabels(), value: value, at: time)]
    case .matrix, .text:
      throw Diagnostic("the query yields a range of samples; a vector or a number was wanted")
    }
  }

  func value(
    _ expression: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> PromValue {
    switch expression {
    case .number(let value): return .scalar(value)
    case .text(let text): return .text(text)
    case .grouped(let inner): return try value(inner, moment)
    case .negative(let inner): return try negative(inner, moment)
    case .selector(let selector): return .vector(newest(selector, moment))
    case .range(let selector, let range):
      let end = moment.reference(selector.modifiers) + moment.drift
      let last = min(end, moment.reach(selector.modifiers) ?? end)
      return .matrix(samples(selector.matchers, from: end - range, through: last))
    case .subquery(let inner, let range, let step, let modifiers):
      return .matrix(try subquery(inner, range, step ?? defaultStep, modifiers, moment))
    case .aggregate(let aggregate, let inner, let parameter):
      return .vector(try aggregated(aggregate, inner, parameter, moment))
    case .binary(let sign, let left, let right, let matching):
      return try binary(sign, left, right, matching, moment)
    case .call(let function, let arguments): return try call(function, arguments, moment)
    }
  }

  func scalar(_ expression: PromExpression, _ moment: PromMoment) throws(Diagnostic) -> Double {
    guard case .scalar(let number) = try value(expression, moment) else { return .nan }
    return number
  }

  func vector(
    _ expression: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    guard case .vector(let samples) = try value(expression, moment) else { return [] }
    return samples
  }

  func matrix(
    _ expression: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSeries] {
    guard case .matrix(let series) = try value(expression, moment) else { return [] }
    return series
  }

  private func negative(
    _ inner: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> PromValue {
    switch try value(inner, moment) {
    case .scalar(let number): return .scalar(-number)
    case .vector(let samples):
      return .vector(
        try distinct(
          samples.map { PromSample(labels: $0.labels.unnamed, value: -$0.value, at: moment.now) }))
    case .matrix, .text: return .vector([])
    }
  }

  /// The newest sample of each series that is neither too old nor ended.
  func newest(
    _ selector: PromSelector, _ moment: PromMoment, asOf time: Int64? = nil
  ) -> [PromSample] {
    let reference = time ?? moment.reference(selector.modifiers)
    let reach = min(reference, moment.reach(selector.modifiers) ?? reference)
    var found: [PromSample] = []
    for number in store.select(selector.matchers) {
      let count = store.series[number].count(through: reach)
      guard count > 0 else { continue }
      let at = store.series[number].times[count - 1]
      let bits = store.series[number].bits[count - 1]
      guard at >= reference - lookback, bits != SeriesStore.staleBits else { continue }
      found.append(
        PromSample(
          labels: store.series[number].labels, value: Double(bitPattern: bits), at: at))
    }
    return found
  }

  /// The samples of a range, both ends included, without staleness markers.
  private func samples(
    _ matchers: [LabelMatcher], from start: Int64, through end: Int64
  ) -> [PromSeries] {
    var found: [PromSeries] = []
    for number in store.select(matchers) {
      let series = store.series[number]
      let low = series.count(through: start - 1)
      let high = series.count(through: end)
      var points: [SeriesStore.Point] = []
      for place in low..<max(low, high) where series.bits[place] != SeriesStore.staleBits {
        points.append(
          SeriesStore.Point(
            at: series.times[place], value: Double(bitPattern: series.bits[place])))
      }
      if !points.isEmpty { found.append(PromSeries(labels: series.labels, points: points[...])) }
    }
    return found
  }

  private func subquery(
    _ inner: PromExpression, _ range: Int64, _ step: Int64, _ modifiers: PromModifiers,
    _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSeries] {
    let end = moment.reference(modifiers) + moment.drift
    guard range / step <= 100_000 else {
      throw Diagnostic("a subquery may have 100,000 steps, this one has \(range / step)")
    }
    // Steps stand at whole multiples, whenever the query is made.
    var time = Self.firstStep(from: end - range, step)
    let first = Self.firstStep(from: moment.firstReference(modifiers) - range, step)
    var places: [MetricLabels: Int] = [:]
    var found: [(labels: MetricLabels, points: [SeriesStore.Point])] = []
    while time <= end {
      let at = moment.step(time, first: first, reach: moment.reach(modifiers))
      for sample in try sampled(inner, at) {
        if places[sample.labels] == nil {
          places[sample.labels] = found.count
          found.append((sample.labels, []))
        }
        if let place = places[sample.labels] {
          found[place].points.append(SeriesStore.Point(at: time, value: sample.value))
        }
      }
      time += step
    }
    return found.sorted { $0.labels < $1.labels }.map {
      PromSeries(labels: $0.labels, points: $0.points[...])
    }
  }

  private static func firstStep(from start: Int64, _ step: Int64) -> Int64 {
    let multiple = step * (start / step)
    return multiple < start ? multiple + step : multiple
  }

  private func sampled(
    _ inner: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    if inner.kind == .scalar {
      return [
        PromSample(
          labels: MetricLabels(), value: try scalar(inner, moment), at: moment.now)
      ]
    }
    return try vector(inner, moment)
  }

  /// The samples, unless two have the same labels.
  func distinct(_ samples: [PromSample]) throws(Diagnostic) -> [PromSample] {
    var seen = Set<MetricLabels>(minimumCapacity: samples.count)
    for sample in samples where !seen.insert(sample.labels).inserted {
      throw Diagnostic("vector cannot contain metrics with the same labelset")
    }
    return samples
  }
}
