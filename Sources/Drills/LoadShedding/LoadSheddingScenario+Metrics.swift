import Kernel
import Patterns
import Simulation

extension LoadSheddingScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("success", .fraction, "The share of ended requests that were answered well."),
      Metric("success_checkout", .fraction, "That share among checkout's requests (critical)."),
      Metric("success_browse", .fraction, "That share among browse's requests (normal)."),
      Metric("success_prefetch", .fraction, "That share among prefetch's requests (sheddable)."),
      .goodput, .goodputAfter, .timeToRecover,
      Metric("p50", .seconds, "Half of the good answers came within this time, retries included."),
      Metric("p99", .seconds, "99 % of the good answers came within this time, retries included."),
      Metric("p99_checkout", .seconds, "The same for checkout's requests."),
      Metric("shed", .fraction, "The share of calls that reached the server and were refused."),
      Metric("shed_checkout", .fraction, "The same for checkout's calls."),
      Metric("shed_prefetch", .fraction, "The same for prefetch's calls."),
      Metric("dropped", .count, "Calls that were in line and were dropped unworked."),
      Metric("throttled", .count, "Calls that a client's own throttle refused."),
      Metric("amplification", .ratio, "Calls sent to the server for each request."),
      Metric(
        "wasted_work", .fraction,
        "The share of the server's working time spent on calls whose caller no longer waited."),
      Metric(
        "refusal_work", .fraction, "The share of the server's busy time spent on refusing calls."),
      Metric("queue_peak", .count, "The most calls in line."),
      Metric("limit_end", .count, "The limit at the end of the run."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "The limit, the line and the throttle are the machines of the bench.",
        "Work that nobody waits for takes its time all the same, unless calls carry deadlines.",
        "To refuse a call takes a little of a slot, and is done before other work.",
      ],
      leavesOut: [
        "There is one server; a balancer that sends refused calls elsewhere is left out.",
        "More calls in line do not make the work itself slower, as memory pressure would.",
        "A slow fault stretches work that begins while it lasts, not work under way.",
        "All clients of a kind share one throttle, as one process would.",
        "All calls cost the same on average; weights by cost are left out.",
      ],
      sources: [
        "github.com/Netflix/concurrency-limits @78a74b9",
        "Envoy, gradient_controller.cc @054694f9 and admission_control.proto @292030a3",
        "github.com/facebook/folly folly/executors/Codel.cpp @1ad98e21",
        "Maurer, Fail at Scale, ACM Queue 2015: queue.acm.org/detail.cfm?id=2839461",
        "Google, Site Reliability Engineering, chapter 21: sre.google/sre-book/handling-overload",
      ])
  }
}

extension ShedWorld {
  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    if tally.arrivedCount != tally.goodCount + tally.failedCount + requests.count {
      checks.violated("conservation", at: end, "\(requests.count) requests do not add up")
    }
    let step = GroupTally.step
    var more = [TimeSeries("in line", .count, .line, step: step, values: counts.lines)]
    if counts.limits.contains(where: { $0 != nil }) {
      more.append(TimeSeries("limit", .count, .line, step: step, values: counts.limits))
    }
    return Outcome(
      measurements: measurements, series: tally.series + more, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }

  private var measurements: [Measurement] {
    func share(_ part: Double, _ whole: Double) -> Double? { whole == 0 ? nil : part / whole }
    func shed(_ client: Int) -> Double? {
      share(Double(counts.refused[client]), Double(counts.reached[client]))
    }
    let busy = counts.workTime.seconds + counts.refusalTime.seconds
    let more: [Measurement] = [
      Measurement("p50", tally.quantile(0.5), .seconds),
      Measurement("p99", tally.quantile(0.99), .seconds),
      Measurement("p99_checkout", tally.quantile(0.99, 0), .seconds),
      Measurement(
        "shed",
        share(Double(counts.refused.reduce(0, +)), Double(counts.reached.reduce(0, +))), .fraction),
      Measurement("shed_checkout", shed(0), .fraction),
      Measurement("shed_prefetch", shed(2), .fraction),
      Measurement("dropped", Double(counts.dropped), .count),
      Measurement("throttled", Double(counts.throttled), .count),
      Measurement(
        "amplification", share(Double(counts.sent), Double(tally.arrivedCount)), .ratio),
      Measurement(
        "wasted_work", share(counts.wastedTime.seconds, counts.workTime.seconds), .fraction),
      Measurement("refusal_work", share(counts.refusalTime.seconds, busy), .fraction),
      Measurement("queue_peak", Double(counts.longestLine), .count),
      Measurement("limit_end", Double(limiter.limit), .count),
    ]
    return tally.serving(ShedSettings.clientNames) + more
  }
}
