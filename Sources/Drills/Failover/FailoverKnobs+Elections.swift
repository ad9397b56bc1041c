import Kernel
import Patterns

/// The knobs of Redis Sentinel and of a cluster with fencing.
extension FailoverKnobs {
  private static let conf = "github.com/redis/redis sentinel.conf"
  private static let redisConf = "github.com/redis/redis redis.conf"
  private static let corosync = "corosync.conf(5) of 3.1.7"
  private static let explained = "Pacemaker Explained, cluster options"
  private static let resources = "Pacemaker Explained, resource meta-attributes"

  static let sentinel: [Knob] = [
    Knob(
      "quorum", .integer(1...3), standard: .integer(2), source: conf,
      "With election=sentinel, how many of the three must find the primary down."),
    Knob(
      "down.after", .span(.milliseconds(100)...(.minutes(5))), standard: .span(.seconds(30)),
      source: conf, "How long a server is silent until a Sentinel calls it down."),
    Knob(
      "failover.timeout", .span(.seconds(1)...(.hours(1))), standard: .span(.minutes(3)),
      source: conf, "How long a stage of a failover may take; the next try is twice that away."),
    Knob(
      "parallel.syncs", .integer(1...10), standard: .integer(1), source: conf,
      "How many replicas copy from the new primary at a time."),
    Knob(
      "min.replicas", .integer(0...4), standard: .integer(0), source: redisConf,
      "How many replicas a primary must hear from to take writes."),
    Knob(
      "min.replicas.lag", .span(.seconds(1)...(.minutes(5))), standard: .span(.seconds(10)),
      source: redisConf, "How old the last sign of such a replica may be."),
    Knob(
      "n2.priority", .integer(0...1_000), standard: .integer(100), source: redisConf,
      "The replica-priority of n2: lower is preferred, 0 is never promoted; the others have 100."),
    Knob(
      "sync.time", .span(.zero...(.minutes(10))), standard: .span(.seconds(1)),
      "How long a replica takes to copy a new primary's data."),
  ]

  static let cluster: [Knob] = [
    Knob(
      "token", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(3)),
      source: corosync,
      "With election=cluster, how long without a token until a node is lost, and 1.2 times that "
        + "until the rest agree."),
    Knob(
      "two.node", .flag, standard: .flag(false), source: "votequorum(5) of 3.1.7",
      "Whether one of two nodes has quorum alone, once it has seen the other."),
    Knob(
      "no.quorum", .choice(["stop", "freeze", "ignore", "fence"]), standard: .word("stop"),
      source: explained, "What a part of the cluster without quorum does."),
    Knob(
      "stonith", .flag, standard: .flag(true), source: explained,
      "Whether the power of a lost node is cut before anything of it is recovered."),
    Knob(
      "fence.time", .span(.zero...(.minutes(5))), standard: .span(.seconds(2)),
      "How long the switch takes to cut the power of a node."),
    Knob(
      "fence.delay", .span(.zero...(.minutes(1))), standard: .span(.zero),
      source: "Pacemaker Explained, fencing: pcmk_delay_base 0s",
      "How much longer it waits before it cuts that of n1."),
    Knob(
      "reboot.time", .span(.seconds(1)...(.minutes(30))), standard: .span(.seconds(40)),
      "How long a node is gone that was fenced."),
    Knob(
      "stickiness", .integer(0...1_000), standard: .integer(0), source: resources,
      "How much the service likes to stay where it is; failback=automatic draws it to n1 with 50."),
    Knob(
      "monitor.interval", .span(.seconds(1)...(.minutes(5))), standard: .span(.seconds(10)),
      source: "Pacemaker Explained, the Dummy agent: monitor every 10 s",
      "How often the cluster checks the service where it runs."),
    Knob(
      "migration.threshold", .integer(0...FailCount.infinity),
      standard: .integer(FailCount.infinity), source: resources + ": INFINITY",
      "How many failures, each with a restart in place, make a node host the service no more; "
        + "1000000 is INFINITY, and with 0 they never do."),
    Knob(
      "failure.timeout", .span(.zero...(.hours(1))), standard: .span(.zero), source: resources,
      "After how long without a failure all are forgotten; 0 is never."),
    Knob(
      "start.failure.fatal", .flag, standard: .flag(true), source: explained,
      "Whether a service that cannot be started on a node is moved at once."),
    Knob(
      "cured.by.restart", .flag, standard: .flag(false), role: .load,
      "Whether a restart ends the errors of a node: a leak, a stuck lock. A bad disk stays."),
  ]
}
