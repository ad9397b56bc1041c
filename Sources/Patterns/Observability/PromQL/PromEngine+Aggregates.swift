import Kernel
import OrderedCollections

extension PromEngine {
  func aggregated(
    _ aggregate: PromAggregate, _ inner: PromExpression, _ parameter: PromExpression?,
    _ moment: PromMoment
  ) throws(Diagnostic) -> [PromSample] {
    let samples = try vector(inner, moment)
    var number = 0.0
    var label = ""
    if aggregate.operation == .countValues {
      if case .text(let text)? = parameter?.bare { label = text }
      guard Self.isLabelName(label) else {
        throw Diagnostic("invalid label name \(GoText.quoted(label))")
      }
    } else if let parameter {
      number = try scalar(parameter, inner.isSameAtEveryStep ? moment.atFirst : moment)
    }
    if aggregate.operation == .topk || aggregate.operation == .bottomk {
      guard number.magnitude < 0x1p63 else {
        throw Diagnostic("Scalar value \(GoText.shortest(number)) overflows int64")
      }
    }
    var groups: OrderedDictionary<MetricLabels, [PromSample]> = [:]
    for sample in samples {
      var key =
        aggregate.isWithout
        ? sample.labels.without(aggregate.labels + [MetricLabels.nameLabel])
        : sample.labels.keeping(aggregate.labels)
      if aggregate.operation == .countValues { key[label] = GoText.plain(sample.value) }
      groups[key, default: []].append(sample)
    }
    var result: [PromSample] = []
    for (key, members) in groups {
      switch aggregate.operation {
      case .topk, .bottomk:
        result += Self.extremes(members, number, isTop: aggregate.operation == .topk)
      default:
        let value = Self.value(aggregate.operation, members.map(\.value), number)
        result.append(PromSample(labels: key, value: value, at: moment.now))
      }
    }
    switch aggregate.operation {
    // Each group stays in the order of its values.
    case .topk, .bottomk: return result
    default: return result.sorted { $0.labels < $1.labels }
    }
  }

  private static func value(
    _ operation: PromAggregate.Operation, _ values: [Double], _ parameter: Double
  ) -> Double {
    switch operation {
    case .sum: return values.dropFirst().reduce(values[0], +)
    case .avg: return average(values)
    case .count, .countValues: return Double(values.count)
    case .min: return values.reduce(values[0]) { $1 < $0 || $0.isNaN ? $1 : $0 }
    case .max: return values.reduce(values[0]) { $1 > $0 || $0.isNaN ? $1 : $0 }
    case .group: return 1
    case .stdvar: return variance(values)
    case .stddev: return variance(values).squareRoot()
    case .quantile: return PromMath.quantile(parameter, values)
    case .topk, .bottomk: return .nan
    }
  }

  private static func average(_ values: [Double]) -> Double {
    var mean = values[0]
    var count = 1.0
    for value in values.dropFirst() {
      count += 1
      if mean.isInfinite {
        if value.isInfinite, (mean > 0) == (value > 0) { continue }
        if !value.isInfinite, !value.isNaN { continue }
      }
      mean += value / count - mean / count
    }
    return mean
  }

  private static func variance(_ values: [Double]) -> Double {
    var mean = values[0]
    var squares = 0.0
    var count = 1.0
    for value in values.dropFirst() {
      count += 1
      let distance = value - mean
      mean += distance / count
      squares += distance * (value - mean)
    }
    // One sample alone has none, even one that is no number: 2.42 begins with 0.
    return squares / count
  }

  /// The `count` samples with the largest or smallest values, best first.
  private static func extremes(
    _ samples: [PromSample], _ count: Double, isTop: Bool
  ) -> [PromSample] {
    guard count >= 1 else { return [] }
    var heap = SampleHeap(keeping: Int(min(count, Double(samples.count))), isTop: isTop)
    for sample in samples { heap.offer(sample) }
    return Self.ordered(heap.samples, isRising: !isTop)
  }

  static func isLabelName(_ name: String) -> Bool {
    guard let first = name.utf8.first, first < 0x80, !(0x30...0x39).contains(first) else {
      return false
    }
    return name.utf8.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5a).contains($0) || (0x61...0x7a).contains($0)
        || $0 == 0x5f
    }
  }
}
