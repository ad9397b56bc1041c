import Kernel

/// Everything that a run counts, from the end of the first minute on.
struct DiscoveryMeters: Sendable {
  var calls = 0
  var failed = 0
  var attempts = 0
  var stale = 0
  var withoutInstance = 0
  var refusedRegistrations = 0
  var falseEvictions = 0
  var falseDeaths = 0
  var latencies: [Double] = []
  var firstFault: Instant?
  var lastFailure: Instant?
  var smallestView: Int?
  var emptyViewSeconds = 0
  var firstSeen: [NodeID: Instant] = [:]
  var spells: [Spell] = []
  var samples: [Sample] = []

  /// One time that an instance's process was down.
  struct Spell: Sendable {
    let app: NodeID
    let from: Instant
    /// When the last picker that could see the registry stopped seeing it.
    var forgotten: Instant?
    /// When it came back.
    var back: Instant?
    /// When every picker saw it again.
    var seenAgain: Instant?
  }

  /// One second of the run.
  struct Sample: Sendable {
    var good = 0
    var failed = 0
    var stale = 0
    /// Instances in the pickers' views, on average.
    var registered = 0.0
    /// Instances that run and can be reached.
    var reachable = 0
  }

  /// The running second.
  var current = Sample()
}

extension DiscoveryMeters {
  /// The figures, in the order of the scenario's metrics.
  func measurements(until end: Instant) -> [Measurement] {
    let sorted = latencies.sorted()
    let detection = spells.map { ($0.forgotten ?? $0.back ?? end) - $0.from }.max()
    let joins = spells.compactMap { spell in spell.back.map { (spell.seenAgain ?? end) - $0 } }
    let success = calls == 0 ? nil : Double(calls - failed) / Double(calls)
    let trouble = lastFailure.flatMap { last in firstFault.map { max(.zero, last - $0) } }
    return [
      Measurement("detection_time", detection?.seconds, .seconds),
      Measurement("stale_calls", Double(stale), .count),
      Measurement("failed_calls", Double(failed), .count),
      Measurement("refused_registrations", Double(refusedRegistrations), .count),
      Measurement("false_evictions", Double(falseEvictions), .count),
      Measurement("false_deaths", Double(falseDeaths), .count),
      Measurement("success_rate", success, .fraction),
      Measurement("trouble_time", trouble?.seconds ?? 0, .seconds),
      Measurement("join_time", joins.max()?.seconds, .seconds),
      Measurement("smallest_view", smallestView.map(Double.init), .count),
      Measurement("empty_view_time", Double(emptyViewSeconds), .seconds),
      Measurement("calls", Double(calls), .count),
      Measurement("attempts", Double(attempts), .count),
      Measurement("p50", Self.quantile(0.5, of: sorted), .seconds),
      Measurement("p99", Self.quantile(0.99, of: sorted), .seconds),
    ]
  }

  /// What each figure means.
  static let metrics: [Metric] = [
    Metric(
      "detection_time", .seconds,
      "Longest time from an instance's death until no picker saw it any more, or until it was "
        + "back or the run ended."),
    Metric("stale_calls", .count, "Attempts sent to an instance whose process was dead."),
    Metric("failed_calls", .count, "Calls that failed in the end, retries included."),
    Metric(
      "refused_registrations", .count,
      "Attempts to register an instance, or to report how it is, that failed."),
    Metric(
      "false_evictions", .count,
      "Times a picker lost sight of an instance that ran and that it could reach."),
    Metric(
      "false_deaths", .count,
      "Times a gossip member declared a machine dead that ran and that most others could reach "
        + "unhindered (Consul only)."),
    Metric("success_rate", .fraction, "Share of calls that succeeded."),
    Metric("trouble_time", .seconds, "From the first fault to the last failed call."),
    Metric(
      "join_time", .seconds,
      "Longest time from an instance's return until every picker saw it, or the run ended."),
    Metric("smallest_view", .count, "Fewest instances that any picker saw."),
    Metric("empty_view_time", .seconds, "Time during which some picker saw no instance at all."),
    Metric("calls", .count, "Calls made."),
    Metric("attempts", .count, "Attempts made, retries included."),
    Metric("p50", .seconds, "Median time of the calls that succeeded."),
    Metric("p99", .seconds, "99th percentile of the time of the calls that succeeded."),
  ]

  /// The series, a figure a second.
  func series() -> [TimeSeries] {
    func line(
      _ name: String, _ style: TimeSeries.Style, _ value: (Sample) -> Double
    ) -> TimeSeries {
      TimeSeries(name, .count, style, step: .seconds(1), values: samples.map(value))
    }
    return [
      line("registered", .line) { $0.registered },
      line("reachable", .line) { Double($0.reachable) },
      line("good calls", .strip) { Double($0.good) },
      line("failed calls", .strip) { Double($0.failed) },
      line("stale calls", .strip) { Double($0.stale) },
    ]
  }

  private static func quantile(_ share: Double, of sorted: [Double]) -> Double? {
    guard !sorted.isEmpty else { return nil }
    return sorted[min(sorted.count - 1, Int(share * Double(sorted.count)))]
  }
}
