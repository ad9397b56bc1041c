import Kernel
import Patterns

extension LoadBalancingScenario {
  /// Every knob: the choice, health, repeats, deploys, then the load and the surroundings.
  public var knobs: [Knob] {
    Self.choiceKnobs + Self.healthKnobs + Self.repeatKnobs + Self.deployKnobs + Self.loadKnobs
      + Self.hostKnobs + Self.eventKnobs
  }

  private static let choiceKnobs = [
    Knob(
      "algorithm", .choice(BalancingAlgorithm.allCases.map(\.rawValue)),
      standard: .word("round-robin"), "How a balancer chooses among its hosts."),
    Knob(
      "choices", .integer(1...20), standard: .integer(2),
      source: "Envoy least_request_lb_config.choice_count",
      "Hosts that least-request draws for each pick."),
    Knob(
      "weight.weak", .integer(1...100), standard: .integer(10),
      "The weight of a weak host; that of the others is 10."),
    Knob(
      "view", .choice(["own", "reported"]), standard: .word("own"),
      "What a balancer knows of loads: its own requests under way, or what hosts last reported."),
    Knob(
      "view.every", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
      "With view=reported, the time between two reports."),
    Knob(
      "max.inflight", .integer(0...10_000), standard: .integer(0), source: "nginx max_conns: 0",
      "The most requests that a balancer has under way at one host; 0: no limit."),
    Knob(
      "load.factor", .integer(101...1_000), standard: .integer(125),
      "For bounded-load: the most load of a host in percent of the mean."),
    Knob(
      "failure.penalty", .span(.zero...(.minutes(1))), standard: .span(.zero),
      "For peak-ewma: the latency that a failed answer counts for at least."),
    Knob(
      "sticky", .flag, standard: .flag(false),
      "Whether a cookie sends a client back to the host that served it first."),
    Knob(
      "zone.routing", .choice(ZoneRouting.Policy.allCases.map(\.rawValue)),
      standard: .word("none"), source: "Envoy zone aware routing, from 6 hosts on",
      "Whether a balancer minds zones: not at all, its own while a host is healthy there, or its "
        + "own as far as the hosts' share goes."),
    Knob(
      "zone.minimum", .integer(1...60), standard: .integer(6),
      source: "Envoy min_cluster_size: 6",
      "With zone.routing=aware, the fewest healthy hosts for which zones matter."),
    Knob(
      "slow.start", .span(.zero...(.minutes(15))), standard: .span(.zero),
      source: "nginx slow_start, HAProxy slowstart, Envoy slow_start_config: off",
      "How long the weight of a host that comes in is brought up."),
  ]

  private static let healthKnobs = [
    Knob(
      "check.every", .span(.zero...(.minutes(5))), standard: .span(.zero),
      source: "off in nginx; HAProxy inter: 2s",
      "The time between two health checks of a host by a balancer; 0s: no checks."),
    Knob(
      "check.timeout", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.seconds(1)),
      "How long a balancer waits for the answer to a check."),
    Knob(
      "check.kind", .choice(["shallow", "deep"]), standard: .word("shallow"),
      "shallow: the process answers at once. deep: the check goes the way of a request, through "
        + "the line and a slot, and fails as requests do."),
    Knob(
      "fall", .integer(1...20), standard: .integer(3), source: "HAProxy fall: 3",
      "Failed checks in a row that take a host out."),
    Knob(
      "rise", .integer(1...20), standard: .integer(2), source: "HAProxy rise: 2",
      "Good checks in a row that bring it back."),
    Knob(
      "max.fails", .integer(0...100), standard: .integer(0), source: "nginx max_fails: 1",
      "Failed tries that take a host out; 0: failures of requests are not looked at."),
    Knob(
      "fail.timeout", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(10)),
      source: "nginx fail_timeout: 10s",
      "How long they keep it out, in whole seconds; then one request looks again."),
    Knob(
      "outlier.5xx", .integer(0...1_000), standard: .integer(0),
      source: "Envoy consecutive_5xx: 5",
      "Errors in a row for which outlier detection ejects a host; 0: no outlier detection."),
    Knob(
      "outlier.share", .integer(1...100), standard: .integer(10),
      source: "Envoy max_ejection_percent: 10",
      "The most hosts that may be ejected, in percent; the first outlier may always go."),
    Knob(
      "outlier.time", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(30)),
      source: "Envoy base_ejection_time: 30s",
      "How long an ejection lasts, times how often the host was ejected."),
    Knob(
      "panic", .integer(0...100), standard: .integer(0),
      source: "Envoy healthy_panic_threshold: 50 %",
      "Below this percentage of healthy hosts, health is ignored; 0: never."),
  ]

  private static let repeatKnobs = [
    Knob(
      "tries", .integer(1...8), standard: .integer(1),
      source: "nginx proxy_next_upstream_tries: 0, all hosts",
      "The most hosts that a request is sent to, one after the other."),
    Knob(
      "failure.is", .choice(BalanceSettings.Failures.allCases.map(\.rawValue)),
      standard: .word("timeout"), source: "nginx proxy_next_upstream: error timeout",
      "What counts as a failed try, for repeats and for max.fails: broken connections, timeouts "
        + "too, or answers 500 and 503 too."),
    Knob(
      "repeat.writes", .flag, standard: .flag(false),
      source: "nginx proxy_next_upstream non_idempotent: off",
      "Whether a write is sent to another host after it was sent to one."),
  ]

  private static let deployKnobs = [
    Knob(
      "drain", .span(.zero...(.minutes(10))), standard: .span(.zero),
      "How long before its stop a host gets no new requests; 0s: balancers are not told."),
    Knob(
      "deploy.batch", .integer(1...50), standard: .integer(1),
      "Hosts that a deploy stops at once."),
    Knob(
      "session.store", .choice(["memory", "shared"]), standard: .word("memory"),
      "Where sessions live: in the memory of a host, or in a store that all hosts read."),
  ]

  private static let loadKnobs = [
    .duration(),
    Knob(
      "rate", .number(1...20_000, .perSecond), standard: .number(400), role: .load,
      "Requests a second of all clients."),
    Knob(
      "clients", .integer(1...20_000), standard: .integer(1_000), role: .load,
      "Clients; the name of a client is the key of its requests."),
    Knob(
      "hot", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of all requests that comes from one of them."),
    Knob(
      "writes", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that change something and must not be carried out twice."),
    Knob(
      "timeout", .span(.milliseconds(10)...(.minutes(1))), standard: .span(.seconds(1)),
      role: .load, "How long a balancer waits for the answer to a try."),
    Knob(
      "state", .choice(["none", "cache", "session"]), standard: .word("none"), role: .load,
      "What a host keeps of a client: nothing, a cache of its data, or its session."),
    Knob(
      "miss.time", .span(.zero...(.seconds(10))), standard: .span(.milliseconds(40)),
      role: .load, "With state=cache, the further work for data that the host does not hold."),
  ]

  private static let hostKnobs = [
    Knob("balancers", .integer(1...20), standard: .integer(1), role: .load, "Balancers."),
    Knob("hosts", .integer(1...40), standard: .integer(6), role: .load, "Hosts at the start."),
    Knob(
      "zones", .integer(1...3), standard: .integer(1), role: .load,
      "Zones that hosts and balancers stand in, in turn: with more than one, hosts are called a-1, "
        + "b-1 and so on."),
    Knob(
      "zone.delay", .span(.zero...(.seconds(1))), standard: .span(.zero), role: .load,
      "How much longer a message takes that crosses the border of a zone."),
    Knob(
      "slots", .integer(1...200), standard: .integer(4), role: .load,
      "Requests that a host works on at once."),
    Knob(
      "queue", .integer(0...100_000), standard: .integer(1_000), role: .load,
      "The most in line at a host; one more is answered with 503."),
    Knob(
      "work", .span(.milliseconds(1)...(.seconds(10))), standard: .span(.milliseconds(40)),
      role: .load, "The mean work of a request."),
    Knob(
      "heavy", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The share of requests that are heavy."),
    Knob(
      "heavy.factor", .number(1...1_000, .ratio), standard: .number(20), role: .load,
      "How many times the work of others a heavy request is."),
    Knob(
      "weak", .integer(0...40), standard: .integer(0), role: .load,
      "How many of the hosts, from the last one, are weak."),
    Knob(
      "weak.factor", .number(1...100, .ratio), standard: .number(4), role: .load,
      "How many times as long work takes on a weak host."),
    Knob(
      "error.time", .span(.microseconds(100)...(.seconds(10))), standard: .span(.milliseconds(1)),
      role: .load, "How long it takes to answer with an error."),
    Knob(
      "network", .span(.microseconds(10)...(.seconds(1))), standard: .span(.microseconds(500)),
      role: .load, "The median time of a message between a balancer and a host."),
  ]

  private static let eventKnobs = [
    Knob(
      "cold.factor", .number(1...100, .ratio), standard: .number(1), role: .load,
      "How many times as long work takes at first on a host that has just started."),
    Knob(
      "cold.calls", .integer(1...100_000), standard: .integer(500), role: .load,
      "The requests after which such a host is warm."),
    Knob(
      "join", .integer(0...20), standard: .integer(0), role: .load,
      "Hosts that join in the middle of the run, cold."),
    Knob(
      "join.at", .span(.seconds(1)...(.minutes(10))), standard: .span(.seconds(20)), role: .load,
      "When they join."),
    Knob(
      "deploy.at", .span(.zero...(.minutes(10))), standard: .span(.zero), role: .load,
      "When a deploy begins that restarts every host in turn; 0s: there is none."),
    Knob(
      "deploy.gap", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(5)),
      role: .load, "The time from one batch to the next, after the drain and the start."),
    Knob(
      "deploy.start", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(2)),
      role: .load, "How long a host needs to start anew."),
  ]
}
