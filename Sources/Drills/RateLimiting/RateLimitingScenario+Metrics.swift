import Kernel

extension RateLimitingScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("allowed_rate", .perSecond, "Tries that went on to the backend, a second."),
      Metric("refused_rate", .perSecond, "Tries that a limit refused, a second."),
      Metric(
        "refused_honest", .fraction, "The share of the tenants' tries that a limit refused."),
      Metric(
        "wrongly_refused", .fraction,
        "The share of the tenants' tries refused although their tenant had used less than the limit "
          + "in the window that ended then."),
      Metric(
        "over_limit", .ratio,
        "The most requests of one client that went on within one window, over the limit: 1 is exact."
      ),
      Metric("decision_p99", .seconds, "99 % of all decisions took a gateway no longer."),
      Metric("fallbacks", .count, "Decisions made without the store because it was silent."),
      Metric("store_rate", .perSecond, "Questions, leases and reports answered by the store."),
      Metric("evictions", .count, "Keys that had to go for others."),
      Metric(
        "backend_peak", .perSecond, "The most that went on within half a second, for each second."),
      Metric("backend_line", .count, "The most requests in line at the backend."),
      Metric(
        "backend_p99", .seconds,
        "99 % of all requests spent no longer at the backend, line included."),
      Metric(
        "p99_honest", .seconds,
        "99 % of the tenants' requests that succeeded took no longer, waits and retries included."),
      Metric(
        "failed_honest", .fraction,
        "The share of the tenants' requests that ended without a good answer."),
      Metric("tries", .ratio, "Tries for each of the tenants' requests."),
      Metric("shed", .count, "Tries turned away by in.progress or by the backend's full line."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant("limiter", "The state of every limiter and node is one that it can be in."),
      Invariant(
        "bound",
        "No limiter lets more through than its algorithm promises, by the clock of its machine."),
      Invariant(
        "retry after",
        "A request that comes after the time a refusal named is admitted if none was in between."),
      Invariant("decided once", "No try is decided about twice."),
      Invariant(
        "conserved", "Every try is refused, shed, on its way or sent on, and what was sent on ends."
      ),
      Invariant("slots", "The backend never works on more than its slots."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Limiters, tables of keys, shared limits and leases are the same values as on the bench.",
        "Gateways and store talk over a network with latency, loss and partitions; the store answers "
          + "one question at a time and forgets everything when it dies.",
        "Limiters go by the wall clock of the machine that holds them.",
        "Retry-After is sent in whole seconds, rounded up, as the header has it.",
        "Requests keep coming at their rate whatever becomes of them (open load).",
      ],
      leavesOut: [
        "A balancer knows at once which gateways run; there is no network between clients, gateways "
          + "and backend.",
        "A gateway decides in no time when it does not ask the store.",
        "The fallback of share=central counts windows, whatever the algorithm.",
        "Shared limits other than central count windows and nothing else.",
        "Messages to and from the store keep their order and never arrive twice, but what is lost is "
          + "not sent again.",
        "A paused node gets what reached it up to 10 ms after it goes on.",
        "The backend works on requests whose clients gave up.",
      ],
      sources: [
        "github.com/nginx/nginx src/http/modules/ngx_http_limit_req_module.c @3f6f7824d",
        "github.com/Kong/kong kong/plugins/rate-limiting @22246ef28c",
        "github.com/brandur/redis-cell README.md @4d42338",
        "RFC 9110, section 10.2.3, Retry-After; RFC 6585, section 4, 429",
      ])
  }
}
