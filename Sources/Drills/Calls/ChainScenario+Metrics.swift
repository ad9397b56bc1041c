import Kernel

extension ChainScenario {
  /// What a run measures.
  public var metrics: [Metric] { Self.clientMetrics + Self.storeMetrics + Self.effectMetrics }

  private static let clientMetrics: [Metric] = [
    Metric("success", .fraction, "The share of ended requests that clients had a good answer to."),
    .goodput, .goodputAfter, .timeToRecover,
    Metric("p50", .seconds, "Half of all requests had their answer or error within this time."),
    Metric("p99", .seconds, "99 % of all requests had their answer or error within this time."),
    Metric("p999", .seconds, "99.9 % of all requests had their answer or error within this time."),
  ]

  private static let storeMetrics = [
    Metric("amplification", .ratio, "Calls sent to the store for each request of a client."),
    Metric("calls_peak", .perSecond, "The most calls sent to the store within one second."),
    Metric("copies", .fraction, "Second copies sent to the store, as a share of other calls."),
    Metric(
      "wasted_work", .fraction,
      "The share of the store's working time spent on calls whose caller no longer waited."),
    Metric("dropped", .count, "Calls that a server dropped unworked: too late or cancelled."),
    Metric("retries_refused", .count, "Errands that a budget refused a further try."),
    Metric("queue_peak", .count, "The most calls in line at one replica of the store."),
  ]

  private static let effectMetrics = [
    Metric("duplicates", .count, "Charges carried out once more than ordered."),
    Metric(
      "lost_effects", .count, "Charges that a client was told were done and that never were."),
    Metric(
      "unknown_effects", .count, "Charges that were done although the client was told of failure."),
    Metric("replays", .count, "Calls that the store answered from its memory of keys."),
    Metric("conflicts", .count, "Calls refused because their key's work was under way."),
    Metric("mismatches", .count, "Calls refused because their key came with another body."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Retries, budgets, deadlines, hedging and keys are the machines of the benches.",
        "A server works on a limited number of calls; one that waits for the layer below keeps "
          + "its slot. Others wait in line, first come first served.",
        "Work that nobody waits for takes its time all the same unless a deadline or a "
          + "cancellation reaches it, and its effect happens.",
      ],
      leavesOut: [
        "Edge and middle take no time of their own, and there is one of each.",
        "A slow fault stretches work that begins while it lasts, not work under way.",
        "All callers at a layer share one retry budget, as one process would.",
        "A charge has its effect at the end of the store's work; work that is stopped has none. "
          + "The replicas of the store share one table of charges and keys.",
        "The table of keys takes no time and is not lost in a crash.",
      ],
      sources: [
        "Google, Site Reliability Engineering, chapters on overload and cascading failures",
        "Dean and Barroso, The Tail at Scale, CACM 2013",
        "draft-ietf-httpapi-idempotency-key-header; docs.stripe.com/api/idempotent_requests",
        "gRPC deadlines; gRFC A6; the presets' parameters name the files they come from.",
      ])
  }
}
