import Kernel
import Patterns

/// Redis Sentinel and Pacemaker, under their own parameter names.
extension FailoverTools {
  private static let conf = "github.com/redis/redis sentinel.conf"
  private static let redisConf = "github.com/redis/redis redis.conf"
  private static let options =
    "github.com/ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained/cluster-options.rst @0e996b9d"
  private static let resources =
    "github.com/ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained/resources.rst @0007bad5"
  private static let fencing =
    "github.com/ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained/fencing.rst @05492891"
  private static let corosync = "corosync.conf(5) of 3.1.7; 1 s in 2.x"

  static let redisSentinel = ToolPreset(
    id: FailoverPreset.redisSentinel.rawValue, title: "Redis Sentinel, three for three servers",
    knobs: [
      Knob(
        "quorum", .integer(1...3), standard: .integer(2), source: conf,
        "How many Sentinels must find the primary down; a majority must elect who acts anyway."),
      Knob(
        "down-after-milliseconds", .span(.milliseconds(100)...(.minutes(5))),
        standard: .span(.seconds(30)), source: conf,
        "How long a server is silent until a Sentinel calls it down."),
      Knob(
        "failover-timeout", .span(.seconds(1)...(.hours(1))), standard: .span(.minutes(3)),
        source: conf, "How long a stage of a failover may take; the next try is twice that away."),
      Knob(
        "parallel-syncs", .integer(1...10), standard: .integer(1), source: conf,
        "How many replicas copy from the new primary at a time."),
      Knob(
        "min-replicas-to-write", .integer(0...2), standard: .integer(0), source: redisConf,
        "How many replicas a primary must hear from to take writes."),
      Knob(
        "min-replicas-max-lag", .span(.seconds(1)...(.minutes(5))), standard: .span(.seconds(10)),
        source: redisConf, "How old the last sign of such a replica may be."),
      Knob(
        "replica-priority", .integer(0...1_000), standard: .integer(100), source: redisConf,
        "That of n2: lower is preferred, 0 is never promoted; the others have 100."),
    ],
    leavesOut: [
      "Discovery: servers and Sentinels know each other from the start.",
      "Hellos go from Sentinel to Sentinel, not through a channel in the servers.",
      "Of two replicas alike in priority and offset the lower number is taken, not the run id.",
      "A server that restarts has its data, as with appendonly yes.",
      "Clients keep the answer of the highest epoch, where real ones check with ROLE.",
    ])

  static let pacemaker = ToolPreset(
    id: FailoverPreset.pacemaker.rawValue, title: "Pacemaker with Corosync and a power switch",
    knobs: [
      Knob(
        "token", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(3)),
        source: corosync, "How long without a token until a node counts as lost."),
      Knob(
        "two_node", .flag, standard: .flag(false), source: "votequorum(5) of 3.1.7",
        "Two nodes instead of three, each of which has quorum alone once it has seen the other."),
      Knob(
        "no-quorum-policy", .choice(["stop", "freeze", "ignore", "fence"]),
        standard: .word("stop"), source: options,
        "What a part of the cluster without quorum does; demote is as stop here."),
      Knob(
        "stonith-enabled", .flag, standard: .flag(true), source: options,
        "Whether a lost node is fenced before anything of it is recovered."),
      span("pcmk_delay_base", .zero, fencing, "How much longer n1's power switch waits."),
      Knob(
        "resource-stickiness", .integer(0...1_000), standard: .integer(0), source: resources,
        "How much the service likes to stay where it is."),
      Knob(
        "interval", .span(.seconds(1)...(.minutes(5))), standard: .span(.seconds(10)),
        source: resources + ", the Dummy agent", "How often the service is checked (monitor)."),
      Knob(
        "migration-threshold", .integer(0...FailCount.infinity),
        standard: .integer(FailCount.infinity), source: resources,
        "How many failures make a node host the service no more; 1000000 is INFINITY, 0 is never."),
      Knob(
        "failure-timeout", .span(.zero...(.hours(1))), standard: .span(.zero), source: resources,
        "After how long without a failure all are forgotten; 0 is never."),
      Knob(
        "start-failure-is-fatal", .flag, standard: .flag(true), source: options,
        "Whether one failed start counts as INFINITY failures."),
    ],
    leavesOut: [
      "on-fail is restart; a stop never fails, and a start fails where the service fails at all.",
      "token_coefficient is 650 ms for each node above two, as by default; consensus 1.2 x token.",
      "The power switch always works, in 2 s (fence.time), and the node is gone for 40 s.",
      "wait_for_all holds with two_node only, as by default.",
    ])
}
