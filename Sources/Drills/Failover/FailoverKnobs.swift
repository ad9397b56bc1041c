import Kernel

/// The knobs of the failover scenario.
enum FailoverKnobs {
  private static let kubernetes = "Kubernetes client leader election: 15 s, 10 s, 2 s"

  static let design: [Knob] = [
    Knob(
      "mode", .choice(["active-passive", "active-active"]), standard: .word("active-passive"),
      "Whether one node takes writes, or all."),
    Knob(
      "election", .choice(["lease", "router", "sentinel", "cluster"]), standard: .word("lease"),
      "Who decides which node leads: a lease in a store with a majority, the pair's adverts, three "
        + "Redis Sentinels, or a cluster that fences lost nodes."),
    Knob(
      "lease", .span(.seconds(1)...(.minutes(5))), standard: .span(.seconds(15)),
      source: kubernetes, "How long the others leave a lease alone after they saw it change."),
    Knob(
      "renew.deadline", .span(.milliseconds(500)...(.minutes(5))), standard: .span(.seconds(10)),
      source: kubernetes, "How long a leader goes on without a renewal."),
    Knob(
      "retry.period", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(2)),
      source: kubernetes, "How often a leader renews and the others look."),
    Knob(
      "lease.check", .flag, standard: .flag(true),
      "Whether a leader looks at its clock before each write."),
    Knob(
      "failsafe", .flag, standard: .flag(false), source: "Patroni failsafe_mode: off",
      "Whether a leader goes on without the lease store while all other nodes answer it."),
    Knob(
      "maximum.lag", .integer(0...100_000), standard: .integer(0),
      "How many writes behind the last leader a candidate may be; 0 asks nothing."),
    Knob(
      "advert.interval", .span(.milliseconds(100)...(.seconds(40))), standard: .span(.seconds(1)),
      source: "keepalived advert_int, RFC 5798",
      "With election=router, how often a master says that it is there."),
    Knob(
      "detector", .choice(["timeout", "phi"]), standard: .word("timeout"),
      "With election=router, what a backup goes by: missed adverts, or phi accrual."),
    Knob(
      "phi.threshold", .number(0.5...100, .ratio), standard: .number(8),
      source: "Akka and Cassandra: 8", "Above which phi a silence counts as a failure."),
    Knob(
      "data", .choice(["replicated", "shared"]), standard: .word("replicated"),
      "Whether nodes keep copies of a log, or write to one shared storage."),
    Knob(
      "acks", .integer(0...4), standard: .integer(0),
      "How many standbys must have a write before it is answered; 0 is asynchronous."),
    Knob(
      "fencing", .flag, standard: .flag(false),
      "Whether the shared storage refuses tokens lower than one it has seen."),
    Knob(
      "conflict", .choice(["last-write-wins", "merge", "home"]),
      standard: .word("last-write-wins"),
      "With mode=active-active, what becomes of a key that two nodes changed."),
    Knob(
      "error.limit", .integer(0...1_000), standard: .integer(0),
      source: "HAProxy error-limit is 10, once 'observe' is on; it is off by default",
      "How many failed writes in a row make the leader give its lease back; 0 is never."),
    Knob(
      "failback", .choice(["manual", "automatic"]), standard: .word("manual"),
      "Whether n1 is given the lead back when it has returned."),
    Knob(
      "failback.after", .span(.zero...(.hours(1))), standard: .span(.seconds(5)),
      "How long another node leads before the lead goes back."),
    Knob(
      "opening.time", .span(.zero...(.minutes(5))), standard: .span(.seconds(2)),
      "How long a node takes to get ready after it was elected: replay, caches, connections."),
    Knob(
      "route", .choice(["vip", "dns"]), standard: .word("vip"),
      "How clients find the leader: an address that moves with it, or a name they remember."),
    Knob(
      "dns.ttl", .span(.seconds(1)...(.hours(24))), standard: .span(.seconds(60)),
      "With route=dns, how long a client remembers the address."),
    Knob(
      "retries", .integer(0...5), standard: .integer(0),
      "How often a client tries again, a second later, at where it then takes the leader to be."),
    Knob(
      "clock", .choice(["monotonic", "wall"]), standard: .word("monotonic"),
      "Which clock leases are measured with."),
  ]

  static let load: [Knob] = [
    Knob(
      "nodes", .integer(2...5), standard: .integer(2), role: .load, "Nodes of the service."),
    Knob(
      "rate", .number(1...200, .perSecond), standard: .number(20), role: .load,
      "Writes of all clients together."),
    Knob("keys", .integer(1...200), standard: .integer(20), role: .load, "Keys written to."),
    Knob(
      "timeout", .span(.milliseconds(100)...(.seconds(30))), standard: .span(.seconds(1)),
      role: .load, "How long a client waits for an answer."),
    Knob(
      "duration", .span(.seconds(20)...(.minutes(20))), standard: .span(.minutes(2)), role: .load,
      "How long figures are taken, from 20 s on."),
  ]

  static let all = design + FailoverKnobs.sentinel + FailoverKnobs.cluster + load
}
