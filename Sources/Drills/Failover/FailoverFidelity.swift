/// What the failover models keep and leave out.
enum FailoverFidelity {
  static let scenario = Fidelity(
    models: [
      "The lease is a record in three Raft servers; leaders renew it and others claim it by a "
        + "conditional write, with the timers of Kubernetes' leader election.",
      "A leader counts from when it asked, the others from when they saw the record change, each "
        + "by its own clock.",
      "The pair without a store follows VRRP: adverts, three intervals and a skew, priority, "
        + "preemption; or phi accrual on the gaps between adverts.",
      "Three Sentinels follow Redis' sentinel.c: pings, votes by epoch, the choice of a replica, "
        + "parallel syncs; a server is a primary until it is told otherwise.",
      "A cluster counts votes, and fences a lost node before it recovers what that ran; a service "
        + "that fails its check is started again in place until it failed too often there.",
      "Writes are copied one by one; a node that comes back takes the leader's log and drops "
        + "what that does not have.",
      "A pause holds messages and timers back, as a long garbage collection or a stopped virtual "
        + "machine does.",
    ],
    leavesOut: [
      "Reads, transactions and the size of writes: lag is counted in writes, not in bytes.",
      "Catching up by snapshots and pg_rewind: a log that does not fit is sent whole, at once.",
      "A power switch that does not answer: here it always works.",
      "A VRRP advert carries no token; here it does, so that the surviving log can be told.",
      "The name server is always there and knows the new address at once.",
    ],
    sources: sources)

  static let sources = [
    "Kubernetes client-go leaderelection: 15 s, 10 s, 2 s",
    "github.com/patroni/patroni docs/dynamic_configuration.rst, replication_modes.rst @de6b22c8",
    "RFC 5798, VRRP version 3; keepalived vrrp_instance",
    "Hayashibara and others, The phi accrual failure detector, 2004",
    "github.com/redis/redis src/sentinel.c; github.com/valkey-io/valkey src/sentinel.c @008734ee",
    "github.com/ClusterLabs/pacemaker doc/sphinx/Pacemaker_Explained @0e996b9d",
    "corosync.conf(5), votequorum(5) of 3.1.7",
  ]
}

extension FailoverFidelity {
  /// The note of a bench.
  static func bench(_ more: [String]) -> Fidelity {
    Fidelity(
      models: scenario.models,
      leavesOut: scenario.leavesOut + [
        "There is no load by itself: writes are those you send."
      ] + more, sources: sources)
  }
}
