import Kernel

extension CallTally {
  /// The figures of the run, in the order of the scenario's metrics.
  func measurements(closedAtEnd: Double?, instances: Int) -> [Measurement] {
    let span = duration.seconds
    let even = Double(lateCalls.reduce(0, +)) / Double(max(1, instances))
    let least = lateCalls.min().map(Double.init) ?? 0
    return [
      Measurement("goodput", Double(goodCount) / span, .perSecond),
      Measurement("goodput_after", goodputAfter, .perSecond),
      Measurement("goodput_end", goodputEnd, .perSecond),
      Measurement("offered_load", Double(callCount) / span, .perSecond),
      Measurement("offered_peak", peak, .perSecond),
      Measurement("amplification", ratio(callCount, requestCount), .ratio),
      Measurement("p50", quantile(times, 0.5), .seconds),
      Measurement("p99", quantile(times, 0.99), .seconds),
      Measurement("p99_good", quantile(goodTimes, 0.99), .seconds),
      Measurement("error_rate", ratio(failedCount, goodCount + failedCount), .fraction),
      Measurement("error_rate_healthy", ratio(healthyFailedCount, healthyCount), .fraction),
      Measurement("rejected", ratio(shortCircuitedCount, goodCount + failedCount), .fraction),
      Measurement("time_to_recover", timeToRecover, .seconds),
      Measurement("metastable_time", metastableTime, .seconds),
      Measurement("time_to_open", timeToOpen, .seconds),
      Measurement("opens", Double(opens), .count),
      Measurement("reopens", Double(reopens), .count),
      Measurement("false_opens", Double(falseOpens), .count),
      Measurement("open_while_healthy", openWhileHealthy, .seconds),
      Measurement("closed_at_end", closedAtEnd, .fraction),
      Measurement("wasted_work", wasted, .fraction),
      Measurement("dropped", Double(droppedCount), .count),
      Measurement("queue_peak", Double(longestLine), .count),
      Measurement("ejections", Double(ejections), .count),
      Measurement("least_used", even == 0 ? nil : least / even, .fraction),
    ]
  }

  /// The figures over time.
  var series: [TimeSeries] {
    let perSecond = 1 / Self.step.seconds
    let ends = steps.indices.map { $0 + 1 < steps.count ? steps[$0 + 1].firstTime : times.count }
    let slices = zip(steps, ends).map { step, end in
      end > step.firstTime ? times[step.firstTime..<end].sorted() : []
    }
    func rate(_ name: String, _ style: TimeSeries.Style, _ count: (Step) -> Int) -> TimeSeries {
      TimeSeries(
        name, .perSecond, style, step: Self.step,
        values: steps.map { Double(count($0)) * perSecond })
    }
    var all = [
      rate("requests", .strip) { $0.requests },
      rate("calls", .line) { $0.calls },
      rate("goodput", .line) { $0.good },
      TimeSeries(
        "p50", .seconds, .line, step: Self.step,
        values: slices.map { Self.quantile(sorted: $0, 0.5) }),
      TimeSeries(
        "p99", .seconds, .line, step: Self.step,
        values: slices.map { Self.quantile(sorted: $0, 0.99) }),
      TimeSeries(
        "waiting", .count, .line, step: Self.step, values: steps.map { Double($0.waiting) }),
    ]
    if hasBreakers {
      all.append(
        TimeSeries(
          "breakers not closed", .fraction, .band, step: Self.step,
          values: steps.map(\.notClosed)))
    }
    if hasDetectors {
      all.append(
        TimeSeries(
          "ejected", .count, .band, step: Self.step, values: steps.map { Double($0.ejected) }))
    }
    return all
  }

  private func ratio(_ part: Int, _ whole: Int) -> Double? {
    whole == 0 ? nil : Double(part) / Double(whole)
  }

  private var wasted: Double? {
    workTime == .zero ? nil : wastedTime.seconds / workTime.seconds
  }

  private func quantile(_ values: [Int64], _ q: Double) -> Double? {
    Self.quantile(sorted: values.sorted(), q)
  }

  private static func quantile(sorted: [Int64], _ q: Double) -> Double? {
    sorted.nearestRank(q).map { Double($0) / 1e9 }
  }

  /// The most calls sent within two steps, for each second.
  private var peak: Double {
    guard steps.count > 1 else { return 0 }
    let pairs = zip(steps, steps.dropFirst()).map { $0.calls + $1.calls }
    return Double(pairs.max() ?? 0) / (2 * Self.step.seconds)
  }

  private var goodputAfter: Double? {
    guard let first = firstStepAfterFaults else { return nil }
    let rest = steps[first...]
    return Double(rest.reduce(0) { $0 + $1.good }) / (Double(rest.count) * Self.step.seconds)
  }

  private var goodputEnd: Double {
    let rest = steps.suffix(20)
    return Double(rest.reduce(0) { $0 + $1.good }) / (Double(rest.count) * Self.step.seconds)
  }

  /// The first whole step after the last fault ended.
  private var firstStepAfterFaults: Int? {
    guard let end = faultsEndedAt else { return nil }
    let width = Self.step.nanoseconds
    let first = Int((end.nanoseconds + width - 1) / width)
    return first < steps.count ? first : nil
  }

  private var timeToOpen: Double? {
    guard let fault = firstFaultAt, let open = firstOpenAfterFault else { return nil }
    return (open - fault).seconds
  }

  private var metastableTime: Double? {
    guard let first = firstStepAfterFaults else { return nil }
    let lost = steps[first...].count { $0.requests > 0 && $0.good * 2 < $0.requests }
    return Double(lost) * Self.step.seconds
  }

  /// From the end of the last fault to the first of three seconds in which at least 95 % of the
  /// requests were answered well, and at least 80 % in each half second.
  private var timeToRecover: Double? {
    guard let first = firstStepAfterFaults, let end = faultsEndedAt else { return nil }
    var index = first
    while index + Self.recoverySteps <= steps.count {
      let some = steps[index..<index + Self.recoverySteps]
      let requests = some.reduce(0) { $0 + $1.requests }
      let good = some.reduce(0) { $0 + $1.good }
      let isSteady = some.allSatisfy { Double($0.good) >= 0.8 * Double($0.requests) }
      if isSteady, Double(good) >= 0.95 * Double(requests) {
        let begun = Instant.zero + Self.step * index
        return max(0, (begun - end).seconds)
      }
      index += 1
    }
    return nil
  }
}
