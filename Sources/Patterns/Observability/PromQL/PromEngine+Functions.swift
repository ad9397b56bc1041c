import Kernel

extension PromEngine {
  func call(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> PromValue {
    switch function {
    case .time: return .scalar(Double(moment.now) / 1_000)
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
    case .sort, .sortDescending:
      let samples = try vector(arguments[0], moment)
      return .vector(
        samples.enumerated().sorted { left, right in
          let (one, other) = (left.element.value, right.element.value)
          if one.isNaN || other.isNaN || one == other {
            return one.isNaN == other.isNaN ? left.offset < right.offset : other.isNaN
          }
          return function == .sort ? one < other : one > other
        }.map(\.element))
    case .timestamp:
      let samples = try vector(arguments[0], moment)
      let isStored = if case .selector = arguments[0].bare { true } else { false }
      return .vector(
        try computed(samples, moment) { Double(isStored ? $0.at : moment.now) / 1_000 })
    case .minute, .hour, .dayOfWeek: return .vector(try clock(function, arguments, moment))
    default:
      let isOfRange = function.argumentKinds.contains(.matrix)
      return .vector(
        isOfRange
          ? try ranged(function, arguments, moment) : try mapped(function, arguments, moment))
    }
  }

  private func computed(
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
    var parameter = 0.0
    if arguments.count > 1 { parameter = try scalar(arguments[1 - place], moment) }
    let (range, modifiers) = Self.window(arguments[place])
    let end = moment.reference(modifiers)
    let span = RangeFunctions.Span(
      start: end - range, end: end, now: moment.now,
      seesResets: shortcut != .resetsAreDrops)
    var result: [PromSample] = []
    for series in try matrix(arguments[place], moment) {
      guard
        let value = RangeFunctions.value(function, series.points, span, parameter: parameter)
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

  private func mapped(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let samples = try vector(arguments[0], moment)
    var numbers: [Double] = []
    for argument in arguments.dropFirst() { numbers.append(try scalar(argument, moment)) }
    if function == .clamp, numbers[1] < numbers[0] { return [] }
    return try computed(samples, moment) { Self.mapped(function, $0.value, numbers) }
  }

  private static func mapped(
    _ function: PromFunction, _ value: Double, _ numbers: [Double]
  ) -> Double {
    switch function {
    case .abs: return Swift.abs(value)
    case .ceil: return value.rounded(.up)
    case .floor: return value.rounded(.down)
    case .exp: return PortableMath.exp(value)
    case .ln: return PortableMath.log(value)
    case .log2: return PortableMath.log2(value)
    case .log10: return PortableMath.log10(value)
    case .sqrt: return value.squareRoot()
    case .sgn: return value < 0 ? -1 : value > 0 ? 1 : value
    case .round:
      let inverse = 1 / (numbers.first ?? 1)
      return (value * inverse + 0.5).rounded(.down) / inverse
    case .clamp: return larger(numbers[0], smaller(numbers[1], value))
    case .clampMin: return larger(numbers[0], value)
    case .clampMax: return smaller(numbers[0], value)
    default: return value
    }
  }

  private static func larger(_ one: Double, _ other: Double) -> Double {
    one.isNaN || other.isNaN ? .nan : max(one, other)
  }

  private static func smaller(_ one: Double, _ other: Double) -> Double {
    one.isNaN || other.isNaN ? .nan : min(one, other)
  }

  private func clock(
    _ function: PromFunction, _ arguments: [PromExpression], _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let now = PromSample(
      labels: MetricLabels(), value: Double(moment.now) / 1_000, at: moment.now)
    let samples = arguments.isEmpty ? [now] : try vector(arguments[0], moment)
    return try computed(samples, moment) { sample in
      let seconds = sample.value.rounded(.down)
      let (size, count): (Double, Double) =
        switch function {
        case .minute: (60, 60)
        case .hour: (3_600, 24)
        default: (86_400, 7)
        }
      // The first day of all was a Thursday.
      let units = (seconds / size).rounded(.down) + (function == .dayOfWeek ? 4 : 0)
      return units - (units / count).rounded(.down) * count
    }
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
      let labels = sample.labels.without(["le", MetricLabels.nameLabel])
      if places[labels] == nil {
        places[labels] = groups.count
        groups.append((labels, []))
      }
      if let place = places[labels] {
        groups[place].buckets.append(.init(upTo: bound, count: sample.value))
      }
    }
    return groups.map { group in
      PromSample(
        labels: group.labels, value: HistogramQuantile.value(q, group.buckets), at: moment.now)
    }
  }
}
