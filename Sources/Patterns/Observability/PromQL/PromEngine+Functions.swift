import Kernel

extension PromEngine {
  func call(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> PromValue {
    switch function {
    case .time: return .scalar(Double(moment.now) / 1_000)
    case .pi: return .scalar(PortableMath.pi)
    case .scalar:
      let samples = try vector(arguments[0], moment)
      return .scalar(samples.count == 1 ? samples[0].value : .nan)
    case .vector:
      let value = try scalar(arguments[0], moment)
      return .vector([PromSample(labels: MetricLabels(), value: value, at: moment.now)])
    case .absent, .absentOverTime: return .vector(try absent(function, arguments[0], moment))
    case .labelReplace, .labelJoin:
      return .vector(try relabelled(function, arguments, moment))
    case .histogramQuantile: return .vector(try quantiles(arguments, moment))
    case .sort, .sortDescending, .sortByLabel, .sortByLabelDescending:
      return .vector(try sorted(function, arguments, moment))
    case .timestamp:
      return .vector(try timestamps(arguments[0], moment))
    case .minute, .hour, .month, .year, .dayOfWeek, .dayOfMonth, .dayOfYear, .daysInMonth:
      return .vector(try clock(function, arguments, moment))
    default:
      let isOfRange = function.argumentKinds.contains(.matrix)
      return .vector(
        isOfRange
          ? try ranged(function, arguments, moment) : try mapped(function, arguments, moment))
    }
  }

  func computed(
    _ samples: [PromSample], _ moment: PromMoment, _ change: (PromSample) -> Double
  ) throws(Diagnostic) -> [PromSample] {
    let results = samples.map { sample in
      PromSample(labels: sample.labels.unnamed, value: change(sample), at: moment.now)
    }
    return try distinct(results)
  }

  private func ranged(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let place = function == .quantileOverTime ? 1 : 0
    var parameters: [Double] = []
    for (number, argument) in arguments.enumerated() where number != place {
      parameters.append(try scalar(argument, moment))
    }
    let (range, modifiers) = Self.window(arguments[place])
    // A range with an `@` stays where it is only if the whole call does not change.
    let isDrifting =
      modifiers.anchor != nil
      && !PromExpression.call(function, arguments).isSameAtEveryStep
    let here = isDrifting ? moment.drifting : moment
    let end = moment.reference(modifiers) + here.drift
    let span = RangeFunctions.Span(
      start: end - range, end: end, now: moment.now,
      seesResets: shortcut != .resetsAreDrops)
    var result: [PromSample] = []
    for series in try matrix(arguments[place], here) {
      try RangeFunctions.check(function, parameters)
      guard let value = RangeFunctions.value(function, series.points, span, parameters)
      else { continue }
      let labels = function == .lastOverTime ? series.labels : series.labels.unnamed
      result.append(PromSample(labels: labels, value: value, at: moment.now))
    }
    return try distinct(result)
  }

  private static func window(_ expression: PromExpression) -> (Int64, PromModifiers) {
    switch expression.bare {
    case .range(let selector, let range): (range, selector.modifiers)
    case .subquery(_, let range, _, let modifiers): (range, modifiers)
    default: (0, PromModifiers())
    }
  }

  /// When samples that are stored were taken, and else the time of the query.
  ///
  /// 2.42 leaves an `offset` beside an `@` out here, but sees no samples after both. Source:
  /// prometheus/prometheus v2.42.0, promql/engine.go, rangeEvalTimestampFunctionOverVectorSelector.
  private func timestamps(
    _ argument: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    guard case .selector(let selector) = argument.bare else {
      return try computed(try vector(argument, moment), moment) { _ in
        Double(moment.now) / 1_000
      }
    }
    let fixed = PromModifiers(offset: 0, anchor: selector.modifiers.anchor)
    let time = fixed.anchor.map { _ in moment.reference(fixed) }
    return try computed(newest(selector, moment, asOf: time), moment) { Double($0.at) / 1_000 }
  }

  private func absent(
    _ function: PromFunction, _ argument: PromExpression, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let isThere =
      function == .absent
      ? !(try vector(argument, moment)).isEmpty : !(try matrix(argument, moment)).isEmpty
    guard !isThere else { return [] }
    var matchers: [LabelMatcher] = []
    switch argument {
    case .selector(let selector), .range(let selector, _): matchers = selector.matchers
    default: break
    }
    var labels = MetricLabels()
    var named: [String] = []
    for matcher in matchers where matcher.label != MetricLabels.nameLabel {
      let isFirst = matcher.kind == .equal && !named.contains(matcher.label)
      labels[matcher.label] = isFirst ? matcher.value : ""
      if isFirst { named.append(matcher.label) }
    }
    return [PromSample(labels: labels, value: 1, at: moment.now)]
  }

  private func quantiles(
    _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let q = try scalar(arguments[0], moment)
    var places: [MetricLabels: Int] = [:]
    var groups: [(labels: MetricLabels, buckets: [HistogramQuantile.Bucket])] = []
    for sample in try vector(arguments[1], moment) {
      guard let bound = GoText.number(sample.labels["le"]) else { continue }
      // Histograms of different names are different ones.
      let labels = sample.labels.without(["le"])
      if places[labels] == nil {
        places[labels] = groups.count
        groups.append((labels, []))
      }
      if let place = places[labels] {
        groups[place].buckets.append(.init(upTo: bound, count: sample.value))
      }
    }
    let samples = groups.map { group in
      PromSample(
        labels: group.labels.unnamed, value: HistogramQuantile.value(q, group.buckets),
        at: moment.now)
    }
    return try distinct(samples)
  }
}
