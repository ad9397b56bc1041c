import Blueprints
import Kernel

/// The figures of a run as metrics by name.
enum BlueprintMetrics {
  static func metrics(of design: Blueprint) -> [Metric] {
    var metrics = whole
    for name in operationNames(of: design) {
      metrics.append(
        Metric("success.\(name)", .fraction, "The share of '\(name)' requests that went well."))
      metrics.append(
        Metric("p99.\(name)", .seconds, "The 99th percentile of the latency of '\(name)'."))
    }
    for component in design.components where component.kind.role != .source {
      let name = component.name
      metrics.append(
        Metric("\(name).use", .fraction, "The share of \(name)'s places in use over the run."))
      metrics.append(
        Metric("\(name).waiting", .count, "The most calls that waited at an instance of \(name)."))
      metrics.append(Metric("\(name).refused", .count, "Calls that \(name) turned away."))
      switch component.kind.role {
      case .cache:
        metrics.append(
          Metric("\(name).hit_ratio", .fraction, "The share of look-ups in \(name) that hit."))
      case .queue:
        metrics.append(
          Metric("\(name).backlog", .count, "Messages left in \(name) at the end of the run."))
        metrics.append(
          Metric("\(name).age", .seconds, "The mean time from \(name) taking a message to its end.")
        )
        metrics.append(
          Metric("\(name).dead", .count, "Messages that failed too often and were put aside."))
      case .source, .server, .store, .worker: break
      }
    }
    return metrics
  }

  private static let whole = [
    Metric("success", .fraction, "The share of requests, after the warm-up, that went well."),
    Metric(
      "success_after", .fraction,
      "The share that went well of the requests that came after the last fault was over."),
    Metric("failed", .count, "Requests that failed, or whose client gave up, after the warm-up."),
    Metric("degraded", .fraction, "The share of successes that needed a fallback."),
    Metric("p50", .seconds, "The median latency of successful requests, as clients see it."),
    Metric("p99", .seconds, "The 99th percentile of the latency of successful requests."),
    Metric("p999", .seconds, "The 99.9th percentile of that latency."),
    Metric("goodput", .perSecond, "Successful requests a second after the warm-up."),
    Metric("amplification", .ratio, "Calls sent for each that was not a retry or a hedge."),
    Metric("wasted", .fraction, "The share of all work that was done for callers who had left."),
    Metric("hottest", .fraction, "The use of the component that is used most."),
    Metric("cost", .ratio, "Dollars an hour for all instances at the end, all cells together."),
  ]

  /// The operations of all sources, where there is more than one.
  private static func operationNames(of design: Blueprint) -> [String] {
    var names: [String] = []
    for operation in design.components.flatMap({ $0.load?.operations ?? [] })
    where !names.contains(operation.name) {
      names.append(operation.name)
    }
    return names.count > 1 ? names : []
  }

  static func outcome(_ run: BlueprintRun) -> Outcome {
    var measurements = figures(run)
    for operation in run.operations where run.operations.count > 1 {
      measurements.append(Measurement("success.\(operation.name)", operation.success, .fraction))
      measurements.append(Measurement("p99.\(operation.name)", operation.p99, .seconds))
    }
    for (component, result) in zip(run.design.components, run.components)
    where component.kind.role != .source {
      measurements += figures(component, result)
    }
    let verdict = InvariantVerdict(
      "conservation",
      run.broken.first.map {
        .violated(at: .zero + run.design.duration, witness: $0)
      } ?? .holds)
    return Outcome(
      measurements: measurements, series: series(run), verdicts: [verdict], trace: run.trace,
      duration: run.design.duration)
  }

  private static func figures(_ run: BlueprintRun) -> [Measurement] {
    let seconds = (run.design.duration - run.design.warmUp).seconds
    let sent = run.calls.reduce(0) { $0 + $1.attempts }
    let extra = run.calls.reduce(0) { $0 + $1.retries + $1.hedges }
    let hottest = run.components.compactMap(\.use).max()
    return [
      Measurement("success", run.success, .fraction),
      Measurement("success_after", run.successAfter, .fraction),
      Measurement("failed", Double(run.failed), .count),
      Measurement(
        "degraded", run.succeeded == 0 ? nil : Double(run.degraded) / Double(run.succeeded),
        .fraction),
      Measurement("p50", run.p50, .seconds), Measurement("p99", run.p99, .seconds),
      Measurement("p999", run.p999, .seconds),
      Measurement("goodput", Double(run.succeeded) / seconds, .perSecond),
      Measurement(
        "amplification", sent == extra ? nil : Double(sent) / Double(sent - extra), .ratio),
      Measurement("wasted", run.wastedShare, .fraction),
      Measurement("hottest", hottest, .fraction), Measurement("cost", run.costPerHour, .ratio),
    ]
  }

  private static func figures(
    _ component: Component, _ result: BlueprintRun.ComponentResult
  ) -> [Measurement] {
    let name = component.name
    var figures = [
      Measurement("\(name).use", result.use, .fraction),
      Measurement("\(name).waiting", Double(result.mostWaiting), .count),
      Measurement("\(name).refused", Double(result.refused), .count),
    ]
    switch component.kind.role {
    case .cache: figures.append(Measurement("\(name).hit_ratio", result.hitRatio, .fraction))
    case .queue:
      figures.append(Measurement("\(name).backlog", result.backlog.map(Double.init), .count))
      figures.append(Measurement("\(name).age", result.meanAge?.seconds, .seconds))
      figures.append(Measurement("\(name).dead", result.dead.map(Double.init), .count))
    case .source, .server, .store, .worker: break
    }
    return figures
  }

  /// The whole design, then the components that were used most.
  private static func series(_ run: BlueprintRun) -> [TimeSeries] {
    var series = [
      TimeSeries("goodput", .perSecond, .strip, step: run.step, values: run.goodput),
      TimeSeries("failures", .perSecond, .strip, step: run.step, values: run.failures),
      TimeSeries("p99", .seconds, .line, step: run.step, values: run.p99Series),
    ]
    let hot = run.components.indices.filter { !run.components[$0].useSeries.isEmpty }.sorted {
      peak(run.components[$0]) == peak(run.components[$1])
        ? $0 < $1 : peak(run.components[$0]) > peak(run.components[$1])
    }
    for place in hot.prefix(2) {
      series.append(
        TimeSeries(
          "\(run.components[place].name).use", .fraction, .line, step: run.step,
          values: run.components[place].useSeries))
    }
    return series
  }

  private static func peak(_ result: BlueprintRun.ComponentResult) -> Double {
    result.useSeries.compactMap { $0 }.max() ?? 0
  }
}
