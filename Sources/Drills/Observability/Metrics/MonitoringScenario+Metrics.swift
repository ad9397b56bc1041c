import Kernel

extension MonitoringScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      ServiceMetric.outages.metric,
      Metric("missed_outages", .count, "Outages in which nobody was paged."),
      Metric(
        "time_to_detect", .seconds,
        "The longest time from the onset of an outage to a page; none if one was missed."),
      Metric("pages", .count, "How often an alert began to fire."),
      Metric("false_pages", .count, "Pages that went out while there was no outage."),
      Metric("time_firing", .seconds, "How long alerts fired in all."),
      ServiceMetric.badShare.metric,
      ServiceMetric.p99.metric,
      Metric("mean_true", .seconds, "The true mean time of an answer."),
      Metric(
        "latency_seen", .seconds,
        "What the alert's query of latency says of the whole run; none for other alerts."),
      Metric("lowest_signal", .ratio, "The lowest figure that the alert's query ever gave."),
      Metric(
        "no_data", .fraction, "The share of the evaluations at which the query gave no number."),
      Metric("failed_scrapes", .count, "Scrapes that failed."),
      Metric("series", .count, "Series that were ever stored."),
      ServiceMetric.samples.metric,
      Metric("memory_used", .bytes, "What the series take: series times series.bytes."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant(
        "histogram", "Buckets never count less than those below them, and +Inf counts all."),
      Invariant(
        "ended series", "After a scrape that failed nothing of the target is seen any more."),
      Invariant("rate", "No rate of a counter is negative, whatever restarts."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Counters and histograms live in the instances and are gone when one dies.",
        "Store, queries, recording rules and alerts are the engine that the bench runs, held "
          + "against recordings of a real Prometheus 2.42.",
        "A failed scrape sets up to 0 and ends the series of its target.",
        "An outage is judged by the clients' requests, not by anything that was scraped.",
      ],
      leavesOut: [
        "There is no network: a scrape takes no time and fails only when the instance or "
          + "Prometheus is not running.",
        "Clients know at once which instances run; a request fails unseen when none does.",
        "A request is counted the moment it comes, however long it takes.",
        "There is no Alertmanager: every alert that begins to fire is a page.",
        "Memory is the number of series times a figure of ours; samples, queries and churn take "
          + "none.",
        "A Prometheus that comes back has its samples, but pending alerts begin anew.",
      ],
      sources: [
        "github.com/prometheus/prometheus promql/functions.go, promql/quantile.go @d15adb9ad7",
        "github.com/prometheus/docs docs/concepts/metric_types.md @c105550a",
        "github.com/slok/sloth internal/alert/windows/google-30d.yaml @0e395d8",
        "sre.google/workbook/alerting-on-slos",
      ])
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        "ignores-for", title: "an alert fires as soon as its condition holds",
        summary: "`for` is read and never used. Every blip is a page.",
        settings: ["for": "3m", "window": "1m", "duration": "20m"],
        faults: ["at 8m errors api-1 50% for 20s"],
        caughtBy: .objective("false_pages = 0")),
      Mutant(
        "resets-are-drops", title: "a counter that falls is taken for negative traffic",
        summary: "The rate is last minus first. A restart takes away all that the instance had "
          + "counted, and the rate goes below zero.",
        settings: ["alert": "traffic-rate", "duration": "20m"],
        faults: ["at 8m crash api-1 for 2s"],
        caughtBy: .invariant("rate")),
      Mutant(
        "leaves-series-open", title: "the series of a dead target are not ended",
        summary: "A scrape that fails writes up = 0 and nothing else. For five minutes the dead "
          + "instance still answers every query with its last values.",
        settings: ["duration": "20m"], faults: ["at 8m crash api-1 for 4m"],
        caughtBy: .invariant("ended series")),
      Mutant(
        "counts-one-bucket", title: "an observation is counted in one bucket only",
        summary: "Buckets are meant to be cumulative. Counted one by one they give quantiles "
          + "that look plausible and are wrong.",
        settings: ["alert": "latency-p99", "duration": "10m"],
        caughtBy: .invariant("histogram")),
    ]
  }
}
