import Kernel

extension CircuitBreakerScenario {
  /// What a run measures, all of it as clients and callers see it.
  public var metrics: [Metric] { Self.clientMetrics + Self.breakerMetrics + Self.workMetrics }

  private static let clientMetrics: [Metric] = [
    .goodput, .goodputAfter,
    Metric("goodput_end", .perSecond, "Requests answered well, a second, in the last 10 s."),
    Metric("offered_load", .perSecond, "Calls sent to the dependency, a second, retries included."),
    Metric("offered_peak", .perSecond, "The most calls sent within one second."),
    Metric("amplification", .ratio, "Calls sent for each request of a client."),
    Metric("p50", .seconds, "Half of all requests had their answer or error within this time."),
    Metric("p99", .seconds, "99 % of all requests had their answer or error within this time."),
    Metric("p99_good", .seconds, "99 % of the requests answered well took no longer."),
    Metric("error_rate", .fraction, "The share of requests that were not answered well."),
    Metric(
      "error_rate_healthy", .fraction,
      "The share not answered well of the requests that came while no fault was in force."),
    Metric("rejected", .fraction, "The share of requests that a caller's own breaker refused."),
    Metric(
      "time_to_recover", .seconds,
      "From the end of the last fault until 95 % of requests are answered well for 3 s; none when "
        + "that never happens."),
    Metric(
      "metastable_time", .seconds,
      "Time after the last fault ended in which fewer than half of the requests were answered well."
    ),
  ]

  private static let breakerMetrics = [
    Metric(
      "time_to_open", .seconds,
      "From the beginning of the first fault to the first opening of any breaker; none when none "
        + "opens."),
    Metric("opens", .count, "Openings of all breakers, from half open included."),
    Metric("reopens", .count, "Openings of all breakers from half open."),
    Metric(
      "false_opens", .count,
      "Openings of closed breakers while most of the instances behind them had been well for 2 s."),
    Metric(
      "open_while_healthy", .seconds,
      "Time that breakers were not closed although most of what they guard was well, on average "
        + "over the breakers."),
    Metric("closed_at_end", .fraction, "The share of breakers that are closed at the end."),
  ]

  private static let workMetrics = [
    Metric(
      "wasted_work", .fraction,
      "The share of the dependency's working time that went into calls nobody waited for any more."),
    Metric("dropped", .count, "Calls that the dependency dropped unworked: too late or cancelled."),
    Metric("queue_peak", .count, "The most calls in line at one instance."),
    Metric("ejections", .count, "Ejections of instances by all callers' outlier detection."),
    Metric(
      "least_used", .fraction,
      "Calls to the least used instance in the last 10 s, as a share of an even part."),
  ]

  /// What must never be broken.
  public var invariants: [Invariant] { CallChecks.all }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Breaker, retries, budgets, deadlines and outlier detection are the same machines as on "
          + "the bench, tested against the libraries' rules.",
        "Requests keep coming at their rate whatever becomes of them (open load).",
        "Calls wait in one line an instance, first come first served, for one of its slots; "
          + "work that nobody waits for any more takes its time all the same.",
      ],
      leavesOut: [
        "Callers have no limit on the calls they hold open: threads, connections and memory do "
          + "not run out.",
        "A slow fault stretches work that begins while it lasts; work under way is not changed.",
        "In fault lines all callers are one node, checkout; while it is down or paused it refuses "
          + "new requests, and what is under way goes on.",
        "Every request may be repeated without harm (it is idempotent).",
        "Clients of the callers do not try again by themselves.",
      ] + tool.leavesOut,
      sources: [
        "Nygard, Release It!, chapter Stability Patterns (2007)",
        "Bronson et al., Metastable Failures in Distributed Systems, HotOS 2021",
        "Huang et al., Metastable Failures in the Wild, OSDI 2022",
        "The presets' parameters name the files they come from.",
      ])
  }
}
