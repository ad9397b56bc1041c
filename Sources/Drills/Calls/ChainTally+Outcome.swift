import Kernel

extension ChainTally {
  /// The figures of the run, in the order of the scenario's metrics.
  func measurements(_ orders: [ChainOrder], isWriting: Bool) -> [Measurement] {
    let sorted = times.sorted()
    let ended = goodCount + failedCount
    let duplicates = orders.reduce(0) { $0 + max(0, $1.effects - 1) }
    let lost = orders.count { isWriting && $0.isConfirmed && $0.effects == 0 }
    let unknown = orders.count { $0.open == 0 && !$0.isConfirmed && $0.effects > 0 }
    return [
      Measurement("success", ratio(goodCount, ended), .fraction),
      Measurement("goodput", Double(goodCount) / duration.seconds, .perSecond),
      Measurement("goodput_after", goodputAfter, .perSecond),
      Measurement("time_to_recover", timeToRecover, .seconds),
      Measurement("p50", Self.quantile(sorted: sorted, 0.5), .seconds),
      Measurement("p99", Self.quantile(sorted: sorted, 0.99), .seconds),
      Measurement("p999", Self.quantile(sorted: sorted, 0.999), .seconds),
      Measurement("amplification", ratio(callCount, requestCount), .ratio),
      Measurement("calls_peak", peak, .perSecond),
      Measurement("copies", ratio(copyCount, callCount - copyCount), .fraction),
      Measurement(
        "wasted_work", workTime == .zero ? nil : wastedTime.seconds / workTime.seconds, .fraction),
      Measurement("dropped", Double(droppedCount), .count),
      Measurement("retries_refused", Double(refusedRetries), .count),
      Measurement("queue_peak", Double(longestLine), .count),
      Measurement("duplicates", Double(duplicates), .count),
      Measurement("lost_effects", Double(lost), .count),
      Measurement("unknown_effects", Double(unknown), .count),
      Measurement("replays", Double(replays), .count),
      Measurement("conflicts", Double(conflicts), .count),
      Measurement("mismatches", Double(mismatches), .count),
    ]
  }

  /// The figures over time.
  var series: [TimeSeries] {
    let perSecond = 1 / Self.step.seconds
    func rate(_ name: String, _ style: TimeSeries.Style, _ count: (Step) -> Int) -> TimeSeries {
      TimeSeries(
        name, .perSecond, style, step: Self.step,
        values: steps.map { Double(count($0)) * perSecond })
    }
    let tails = steps.indices.map { index -> Double? in
      let end = index + 1 < steps.count ? steps[index + 1].firstTime : times.count
      let begin = steps[index].firstTime
      return end > begin ? Self.quantile(sorted: times[begin..<end].sorted(), 0.99) : nil
    }
    return [
      rate("requests", .strip) { $0.requests },
      rate("calls at the store", .line) { $0.calls },
      rate("goodput", .line) { $0.good },
      TimeSeries("p99", .seconds, .line, step: Self.step, values: tails),
      TimeSeries(
        "waiting", .count, .line, step: Self.step, values: steps.map { Double($0.waiting) }),
    ]
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private static func quantile(sorted: [Int64], _ q: Double) -> Double? {
    sorted.nearestRank(q).map { Double($0) / 1e9 }
  }

  private var peak: Double {
    let pairs = zip(steps, steps.dropFirst()).map { $0.calls + $1.calls }
    return Double(pairs.max() ?? 0) / (2 * Self.step.seconds)
  }

  /// The first whole step after the last fault ended.
  private var firstStepAfterFaults: Int? {
    guard let end = faultsEndedAt else { return nil }
    let width = Self.step.nanoseconds
    let first = Int((end.nanoseconds + width - 1) / width)
    return first < steps.count ? first : nil
  }

  private var goodputAfter: Double? {
    guard let first = firstStepAfterFaults else { return nil }
    let rest = steps[first...]
    return Double(rest.reduce(0) { $0 + $1.good }) / (Double(rest.count) * Self.step.seconds)
  }

  /// From the end of the last fault to the first of three seconds in which at least 95 % of the
  /// requests were answered well.
  private var timeToRecover: Double? {
    guard let first = firstStepAfterFaults, let end = faultsEndedAt else { return nil }
    var index = first
    while index + 6 <= steps.count {
      let some = steps[index..<index + 6]
      let requests = some.reduce(0) { $0 + $1.requests }
      let good = some.reduce(0) { $0 + $1.good }
      if Double(good) >= 0.95 * Double(requests) {
        return max(0, (Instant.zero + Self.step * index - end).seconds)
      }
      index += 1
    }
    return nil
  }
}
