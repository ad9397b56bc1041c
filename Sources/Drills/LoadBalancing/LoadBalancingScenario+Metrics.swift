import Kernel

extension LoadBalancingScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("p50", .seconds, "Half of the good answers took no longer, repeats included."),
      Metric("p99", .seconds, "99 % of the good answers took no longer, repeats included."),
      Metric("failed", .fraction, "The share of ended requests that got no good answer."),
      Metric("failed_requests", .count, "Requests that got no good answer."),
      Metric("tries", .ratio, "Tries for each request."),
      Metric("skew", .ratio, "The tries at the busiest host over the mean of all hosts."),
      Metric("longest_line", .count, "The most requests in line at one host."),
      Metric("turned_away", .count, "Tries that a full host answered with 503."),
      Metric("sent_to_dead", .count, "Tries sent to a host whose process was dead."),
      Metric("turns", .count, "How often checks took a host out or brought one back."),
      Metric("ejections", .count, "How often failures of requests took a host out."),
      Metric("panic_picks", .count, "Tries sent while health was ignored."),
      Metric("checks", .perSecond, "Health checks a second."),
      Metric("doubled_writes", .count, "Writes that were carried out more than once."),
      Metric(
        "lost_sessions", .count,
        "Requests that came to a host while the client's session was in another's memory."),
      Metric(
        "misses", .fraction,
        "The share of requests at a host without data that another host holds or held."),
      Metric("crossed", .fraction, "The share of tries sent to a host in another zone."),
      Metric("wasted", .count, "Pieces of work done for which nobody waited any more."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant(
        "allowed", "No request goes to a host that is out, except in panic, or that drains."),
      Invariant("other host", "No request is sent to a host that it was sent to before."),
      Invariant(
        "counts", "A balancer's count of requests under way is that of the tries it waits for."),
      Invariant("balancer", "The balancers keep their own rules."),
      Invariant("health", "A balancer thinks of a host what its checks and ejections say."),
      Invariant("slots", "No host works on more than its slots, or lines up more than it may."),
    ]
  }

  /// What the model leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Balancers, rise and fall counters, outlier detectors, nginx's passive health and its rule "
          + "for repeats are the values of Patterns; nginx and HAProxy were recorded and replayed.",
        "Each balancer has counts, checks and ejections of its own.",
        "Hosts have slots and a bounded line, and go on with work that nobody waits for.",
      ],
      leavesOut: [
        "A connection is made for each request; keep-alive, TLS and HTTP/2 streams are left out.",
        "Reports of load reach all balancers at the same instant and are never lost.",
        "Clients come to all balancers alike, whatever their zone.",
        "A balancer costs no time and is never too small.",
        "Clients do not retry by themselves; they know which balancers run.",
        "A cache in a host's memory never gets full, and a session lost is made anew at once.",
        "A write counts as carried out when its work ends, also when nobody waits any more.",
      ],
      sources: [
        "github.com/nginx/nginx src/http/ngx_http_upstream_round_robin.c @3f6f7824d",
        "github.com/haproxy/haproxy doc/configuration.txt @50872daa6",
        "github.com/envoyproxy/data-plane-api cluster.proto @84e84367",
        "github.com/linkerd/linkerd2-proxy linkerd/ewma/src/lib.rs @29637b64f",
      ])
  }
}
