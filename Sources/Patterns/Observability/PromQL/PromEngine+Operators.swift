import Kernel

extension PromEngine {
  func binary(
    _ sign: PromOperator, _ left: PromExpression, _ right: PromExpression,
    _ matching: PromMatching, _ moment: PromMoment
  ) throws(Diagnostic) -> PromValue {
    let (one, other) = (try value(left, moment), try value(right, moment))
    switch (one, other) {
    case (.scalar(let one), .scalar(let other)):
      let (value, isKept) = sign.apply(one, other)
      return .scalar(sign.isComparison ? (isKept ? 1 : 0) : value)
    case (.vector(let samples), .scalar(let number)):
      return .vector(
        try distinct(combined(sign, samples, number, isSwapped: false, matching, moment)))
    case (.scalar(let number), .vector(let samples)):
      return .vector(
        try distinct(combined(sign, samples, number, isSwapped: true, matching, moment)))
    case (.vector(let lefts), .vector(let rights)):
      if sign.isSetOperator { return .vector(try sets(sign, lefts, rights, matching)) }
      return .vector(try distinct(matched(sign, lefts, rights, matching, moment)))
    default: return .vector([])
    }
  }

  private func combined(
    _ sign: PromOperator, _ samples: [PromSample], _ number: Double, isSwapped: Bool,
    _ matching: PromMatching, _ moment: PromMoment
  ) -> [PromSample] {
    samples.compactMap { sample in
      var (value, isKept) =
        isSwapped ? sign.apply(number, sample.value) : sign.apply(sample.value, number)
      if sign.isComparison { value = sample.value }
      if matching.isBool {
        value = isKept ? 1 : 0
        isKept = true
      }
      guard isKept else { return nil }
      let isNamed = sign.keepsName && !matching.isBool
      return PromSample(
        labels: isNamed ? sample.labels : sample.labels.unnamed, value: value, at: moment.now)
    }
  }

  private func sets(
    _ sign: PromOperator, _ lefts: [PromSample], _ rights: [PromSample], _ matching: PromMatching
  ) throws(Diagnostic) -> [PromSample] {
    switch sign {
    case .or:
      let known = Set(lefts.map { matching.signature($0.labels) })
      let added = rights.filter { !known.contains(matching.signature($0.labels)) }
      return try distinct((lefts + added).sorted { $0.labels < $1.labels })
    case .and, .unless:
      let known = Set(rights.map { matching.signature($0.labels) })
      return lefts.filter { known.contains(matching.signature($0.labels)) == (sign == .and) }
    default: return []
    }
  }

  private func matched(
    _ sign: PromOperator, _ lefts: [PromSample], _ rights: [PromSample],
    _ matching: PromMatching, _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    guard !lefts.isEmpty, !rights.isEmpty else { return [] }
    let isSwapped = matching.cardinality == .oneToMany
    let (many, one) = isSwapped ? (rights, lefts) : (lefts, rights)
    let partners = try partners(one, matching)
    var used: [MetricLabels: Set<MetricLabels>] = [:]
    var result: [PromSample] = []
    for sample in many {
      let signature = matching.signature(sample.labels)
      guard let partner = partners[signature] else { continue }
      let (left, right) =
        isSwapped ? (partner.value, sample.value) : (sample.value, partner.value)
      var (value, isKept) = sign.apply(left, right)
      if matching.isBool {
        value = isKept ? 1 : 0
        isKept = true
      }
      guard isKept else { continue }
      let labels = joined(sign, sample.labels, partner.labels, matching)
      if matching.cardinality == .oneToOne, used[signature] != nil {
        throw Diagnostic(
          "multiple matches for labels: many-to-one matching must be explicit "
            + "(group_left/group_right)")
      }
      guard used[signature, default: []].insert(labels).inserted else {
        throw Diagnostic(
          "multiple matches for labels: grouping labels must ensure unique matches")
      }
      result.append(PromSample(labels: labels, value: value, at: moment.now))
    }
    return result.sorted { $0.labels < $1.labels }
  }

  /// The samples of the side that may have only one for each match.
  private func partners(
    _ one: [PromSample], _ matching: PromMatching
  ) throws(Diagnostic) -> [MetricLabels: PromSample] {
    var partners: [MetricLabels: PromSample] = [:]
    for sample in one {
      let signature = matching.signature(sample.labels)
      if let other = partners[signature] {
        let side = matching.cardinality == .oneToMany ? "left" : "right"
        throw Diagnostic(
          "found duplicate series for the match group \(signature) on the \(side) hand-side of "
            + "the operation: [\(sample.labels), \(other.labels)];many-to-many matching not "
            + "allowed: matching labels must be unique on one side")
      }
      partners[signature] = sample
    }
    return partners
  }

  private func joined(
    _ sign: PromOperator, _ many: MetricLabels, _ one: MetricLabels, _ matching: PromMatching
  ) -> MetricLabels {
    var labels = sign.keepsName && !matching.isBool ? many : many.unnamed
    if matching.cardinality == .oneToOne {
      labels =
        matching.isOn ? labels.keeping(matching.labels) : labels.without(matching.labels)
    }
    for name in matching.included { labels[name] = one[name] }
    return labels
  }
}
