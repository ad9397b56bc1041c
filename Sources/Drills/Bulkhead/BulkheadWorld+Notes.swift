import Kernel
import Patterns
import Simulation

/// What the trace is told: the first of each kind of trouble in an episode.
extension BulkheadWorld {
  /// Which dependency holds the most threads, and how many.
  private var holder: (name: String, count: Int) {
    let place = underWay.indices.max { underWay[$0] < underWay[$1] } ?? 0
    return (BulkheadSettings.dependencies[place], underWay[place])
  }

  mutating func noteThreads(at now: Instant) {
    guard watch[.threads] == nil, backlog.count >= 10 else { return }
    watch[.threads] = environment.trace.record(
      at: now, "api", "threads-gone",
      "all \(settings.threads) threads are taken, \(holder.count) calls to \(holder.name) are "
        + "under way, and \(backlog.count) requests wait",
      weight: .harm, cause: watch.lastFault)
  }

  mutating func noteRefusal(_ route: Int, at now: Instant) {
    guard watch[.refused] == nil else { return }
    watch[.refused] = environment.trace.record(
      at: now, "api", "bulkhead-full",
      "\(underWay[route]) calls to \(BulkheadSettings.dependencies[route]) are under way; a "
        + "\(BulkheadSettings.routes[route]) request is refused at once", cause: watch.lastFault)
  }

  mutating func noteAbandoned(_ route: Int, at now: Instant) {
    guard watch[.abandoned] == nil else { return }
    watch[.abandoned] = environment.trace.record(
      at: now, "api", "pool-abandoned",
      "a \(BulkheadSettings.routes[route]) request stops waiting for its pool after "
        + "\(settings.timeout)", weight: .harm, cause: watch.lastFault)
  }

  mutating func noteTimeout(_ request: BulkheadRequest, at now: Instant) {
    guard watch[.timedOut] == nil else { return }
    let place = request.isOnThread ? "it holds a thread" : "it waits for a thread"
    watch[.timedOut] = environment.trace.record(
      at: now, "client", "gave-up",
      "a \(BulkheadSettings.routes[request.route]) request is given up after "
        + "\(now - request.arrivedAt); \(place)", weight: .harm,
      cause: watch.cause(.threads, .abandoned))
  }

  /// What is looked at every half second.
  mutating func look(at now: Instant, in queue: inout EventQueue<Event>) {
    tally.close(at: now)
    counts.threads.append(Double(onThreads))
    counts.held.append(Double(underWay[BulkheadSettings.optional]))
    let step = tally.lastStep(before: now)
    if step.arrived > 0, step.good * 2 < step.arrived, watch[.collapse] == nil {
      watch[.collapse] = environment.trace.record(
        at: now, "client", "not-served",
        "\(step.good) of \(step.arrived) requests of all routes are answered well", weight: .harm,
        cause: watch.cause(.timedOut, .threads, .abandoned, .refused))
    }
    if watch.isCalm(good: step.good, of: step.arrived), environment.active.isEmpty {
      environment.trace.record(
        at: now, "client", "served-again", "requests are answered well again", weight: .recovery,
        cause: watch.cause(.collapse, .timedOut, .threads, .refused))
      watch.end()
    }
    watchOn(every: GroupTally.step, for: settings.duration, in: &queue)
  }

  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    let ended = tally.goodCount + tally.failedCount
    if tally.arrivedCount < ended || tally.arrivedCount > ended + requests.count {
      checks.violated("conservation", at: end, "\(tally.arrivedCount) came, \(ended) ended")
    }
    let more = [
      TimeSeries(
        "threads in use", .count, .line, step: GroupTally.step, values: counts.threads),
      TimeSeries(
        "calls to reviews", .count, .line, step: GroupTally.step, values: counts.held),
    ]
    return Outcome(
      measurements: measurements, series: tally.series + more, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }

  private var measurements: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let threads = (0..<3).map { place -> Int in pools[place]?.mostThreads ?? 0 }
    let more: [Measurement] = [
      Measurement("p99", tally.quantile(0.99), .seconds),
      Measurement("p99_pay", tally.quantile(0.99, 0), .seconds),
      Measurement("p99_browse", tally.quantile(0.99, 1), .seconds),
      count("refused_pay", counts.refused[0]), count("refused_browse", counts.refused[1]),
      count("refused_review", counts.refused[2]), count("turned_away", counts.turnedAway),
      count("abandoned", counts.abandoned), count("degraded", counts.degraded),
      count("threads_peak", counts.mostThreads), count("backlog_peak", counts.longestBacklog),
      count("reviews_peak", counts.mostUnderWay[2]),
      count("pool_peak", threads.max() ?? 0),
    ]
    return tally.serving(BulkheadSettings.routes) + more
  }
}
