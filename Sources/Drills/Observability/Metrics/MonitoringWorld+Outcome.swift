import Kernel
import Patterns
import Simulation

/// What came of a run.
extension MonitoringWorld {
  private static let step = 10

  mutating func outcome(of rules: MonitoringRules, at end: Instant) -> Outcome {
    for outage in truth.outages where outage.end == nil && detection(of: outage) == nil {
      environment.trace.record(
        at: end, "on-call", "missed",
        "nobody was paged in the \(end - outage.onset) of the outage so far", weight: .harm,
        cause: death ?? outageEvent)
    }
    return Outcome(
      measurements: measurements(of: rules, at: end),
      series: series(evaluatedEach: rules.settings.evaluateEvery), verdicts: checks.verdicts,
      trace: environment.trace, duration: service.duration)
  }

  private func measurements(of rules: MonitoringRules, at end: Instant) -> [Measurement] {
    let times = truth.outages.map(detection)
    let seen = times.compactMap { $0 }
    let isAllSeen = seen.count == times.count
    let falsePages = pages.count { !truth.explains($0.at) }
    let firing = pages.reduce(0.0) { $0 + (($1.endedAt ?? end) - $1.at).seconds }
    let empty = evaluations == 0 ? nil : Double(emptyEvaluations) / Double(evaluations)
    return [
      measured(.outages),
      Measurement("missed_outages", Double(times.count - seen.count), .count),
      Measurement("time_to_detect", isAllSeen ? seen.max()?.seconds : nil, .seconds),
      Measurement("pages", Double(pages.count), .count),
      Measurement("false_pages", Double(falsePages), .count),
      Measurement("time_firing", firing, .seconds),
      measured(.badShare),
      measured(.p99),
      Measurement("mean_true", truth.mean, .seconds),
      Measurement("latency_seen", latencySeen(by: rules, at: end), .seconds),
      Measurement("lowest_signal", lowestSignal, .ratio),
      Measurement("no_data", empty, .fraction),
      Measurement("failed_scrapes", Double(targets.reduce(0) { $0 + $1.failures }), .count),
      Measurement("series", Double(store.seriesCount), .count),
      measured(.samples),
      Measurement(
        "memory_used", Double(store.seriesCount) * service.cardinality.seriesBytes, .bytes),
    ]
  }

  /// What a query of latency says of the whole run.
  private func latencySeen(by rules: MonitoringRules, at end: Instant) -> Double? {
    switch rules.settings.signal {
    case .latencyMean, .latencyMeanOfP99, .latencyP99: break
    case .errors, .burn, .trafficRaw, .trafficRate: return nil
    }
    let engine = PromEngine(store, shortcut: service.shortcut)
    guard let query = try? PromParser.expression(rules.signal(over: service.duration)),
      let samples = try? engine.samples(query, at: end.nanoseconds / 1_000_000),
      let value = samples.first?.value, value.isFinite
    else { return nil }
    return value
  }

  private func series(evaluatedEach span: TimeSpan) -> [TimeSeries] {
    let paging = (0..<max(1, Int(service.duration.seconds) / Self.step)).map { place -> Double? in
      let now = Instant.zero + .seconds(Int64(place * Self.step))
      return pages.contains { $0.at <= now && ($0.endedAt.map { now < $0 } ?? true) } ? 1 : 0
    }
    return [
      TimeSeries(
        "gone wrong", .fraction, .line, step: .seconds(Int64(Self.step)),
        values: truth.shares(step: Self.step)),
      TimeSeries(
        "signal", .ratio, .line, step: span,
        values: signals.map { $0.flatMap { $0.isFinite ? $0 : nil } }),
      TimeSeries("paging", .count, .band, step: .seconds(Int64(Self.step)), values: paging),
    ]
  }
}
