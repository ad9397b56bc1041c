import Kernel
import Patterns
import Simulation

/// What came of a run.
extension MonitoringWorld {
  private static let step = 10

  mutating func outcome(at end: Instant) -> Outcome {
    for outage in truth.outages where outage.end == nil && detection(of: outage) == nil {
      environment.trace.record(
        at: end, "on-call", "missed",
        "nobody was paged in the \(end - outage.onset) of the outage so far", weight: .harm,
        cause: death ?? outageEvent)
    }
    return Outcome(
      measurements: measurements(at: end), series: series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }

  private func measurements(at end: Instant) -> [Measurement] {
    let times = truth.outages.map(detection)
    let seen = times.compactMap { $0 }
    let isAllSeen = seen.count == times.count
    let falsePages = pages.count { !truth.explains($0.at) }
    let firing = pages.reduce(0.0) { $0 + (($1.endedAt ?? end) - $1.at).seconds }
    let empty = evaluations == 0 ? nil : Double(emptyEvaluations) / Double(evaluations)
    return [
      Measurement("outages", Double(times.count), .count),
      Measurement("missed_outages", Double(times.count - seen.count), .count),
      Measurement("time_to_detect", isAllSeen ? seen.max()?.seconds : nil, .seconds),
      Measurement("pages", Double(pages.count), .count),
      Measurement("false_pages", Double(falsePages), .count),
      Measurement("time_firing", firing, .seconds),
      Measurement("bad_share", truth.badShare, .fraction),
      Measurement("p99_true", truth.p99, .seconds),
      Measurement("mean_true", truth.mean, .seconds),
      Measurement("latency_seen", latencySeen(at: end), .seconds),
      Measurement("lowest_signal", lowestSignal, .ratio),
      Measurement("no_data", empty, .fraction),
      Measurement("failed_scrapes", Double(targets.reduce(0) { $0 + $1.failures }), .count),
      Measurement("series", Double(store.seriesCount), .count),
      Measurement("samples", Double(store.sampleCount), .count),
      Measurement("memory_used", Double(store.seriesCount) * settings.seriesBytes, .bytes),
    ]
  }

  /// What a query of latency says of the whole run.
  private func latencySeen(at end: Instant) -> Double? {
    switch settings.signal {
    case .latencyMean, .latencyMeanOfP99, .latencyP99: break
    case .errors, .burn, .trafficRaw, .trafficRate: return nil
    }
    let engine = PromEngine(store, shortcut: settings.shortcut)
    guard let query = try? PromParser.expression(rules.signal(over: settings.duration)),
      let samples = try? engine.samples(query, at: end.nanoseconds / 1_000_000),
      let value = samples.first?.value, value.isFinite
    else { return nil }
    return value
  }

  private var series: [TimeSeries] {
    let paging = (0..<max(1, Int(settings.duration.seconds) / Self.step)).map { place -> Double? in
      let now = Instant.zero + .seconds(Int64(place * Self.step))
      return pages.contains { $0.at <= now && ($0.endedAt.map { now < $0 } ?? true) } ? 1 : 0
    }
    return [
      TimeSeries(
        "gone wrong", .fraction, .line, step: .seconds(Int64(Self.step)),
        values: truth.shares(step: Self.step)),
      TimeSeries(
        "signal", .ratio, .line, step: settings.evaluateEvery,
        values: signals.map { $0.flatMap { $0.isFinite ? $0 : nil } }),
      TimeSeries("paging", .count, .band, step: .seconds(Int64(Self.step)), values: paging),
    ]
  }
}
