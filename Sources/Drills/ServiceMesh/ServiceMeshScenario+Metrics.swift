import Kernel

extension ServiceMeshScenario {
  /// What a run measures.
  public var metrics: [Metric] { Self.clientMetrics + Self.trustMetrics + Self.trafficMetrics }

  private static let clientMetrics = [
    Metric("success", .fraction, "The share of ended requests that clients had a good answer to."),
    Metric("failed", .count, "Requests of clients that ended with an error."),
    Metric(
      "success_after", .fraction,
      "The share of requests answered well from the end of the last fault to the end of the run."),
    Metric("p50", .seconds, "Half of all requests had their answer or error within this time."),
    Metric("p99", .seconds, "99 % of all requests had their answer or error within this time."),
    Metric("batch_success", .fraction, "The share of the nightly job's calls that went well."),
    Metric("intruder_accepted", .count, "Calls of the intruder that stock answered."),
  ]

  private static let trustMetrics = [
    Metric("plaintext", .count, "Requests that a sidecar let through over plaintext."),
    Metric("plaintext_refused", .count, "Requests turned away because they came over plaintext."),
    Metric("denied", .count, "Requests turned away by a policy, with a 403."),
    Metric("handshakes_refused", .count, "Connections that failed in the handshake."),
    Metric("expired", .count, "Of these, because a certificate had run out."),
    Metric("unknown_root", .count, "Of these, because a root was not trusted."),
    Metric(
      "old_root", .count, "Sidecars that at the end show, or trust, the root that was replaced."),
  ]

  private static let trafficMetrics = [
    Metric("no_route", .count, "Tries answered 503 at once for want of a route or cluster."),
    Metric("no_healthy_host", .count, "Tries answered 503 at once with every endpoint out."),
    Metric("overflow", .count, "Tries answered 503 at once because too many were under way."),
    Metric("amplification", .ratio, "Calls sent to stock for each request of a client."),
    Metric("retries_refused", .count, "Errands that the budget refused a further try."),
    Metric("ejections", .count, "How often a sidecar took an endpoint out."),
    Metric("cross_zone", .fraction, "The share of clients' calls that left their zone."),
    Metric("queue_peak", .count, "The most calls in line at one instance."),
    Metric("canary_share", .fraction, "The share of calls to orders that the new version got."),
    Metric("canary_errors", .count, "Calls of clients that the new version answered badly."),
    Metric("certificate_life", .seconds, "How long the longest certificate counts."),
    Metric(
      "config_lag", .seconds, "From a change at the control plane until every sidecar had it."),
  ]

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Sidecars, agents, handshakes, policies and the control plane are the machines of the bench.",
        "A certificate is looked at when a connection is made; a connection lasts connection.age.",
        "A sidecar keeps the configuration pushed last when its control plane is gone. A workload "
          + "that starts without one gets no certificate.",
        "Parts of the configuration reach sidecars one by one, each at its own time.",
      ],
      leavesOut: [
        "Signatures are facts: there is no cryptography, nobody can forge, keys never leak.",
        "A sidecar takes no processor time of its own; its time is part of network.",
        "A sidecar that starts again finds the configuration that it had; only its certificate is "
          + "asked for anew.",
        "Work that nobody waits for any more goes on; nothing is cancelled.",
        "The ingress is outside the layers' timeouts: a client waits as long as it takes.",
        "The job and the intruder count in no zone; they call stock in all of them.",
      ],
      sources: [
        "github.com/envoyproxy/data-plane-api @84e84367: outlier detection, circuit breakers, routes",
        "envoyproxy.io/docs/envoy/latest: load balancing (priority, overprovisioning), xDS protocol",
        "istio.io/latest/docs: security (authentication, authorization), traffic management",
        "github.com/linkerd/website linkerd.io/content/2.19 @93f00175",
      ])
  }
}
