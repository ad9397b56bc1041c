import Kernel

extension EtcdServerOptions {
  private static let config = "etcd-io/etcd, server/embed/config.go"

  /// The knobs of the server: etcd's own flags.
  public static let knobs: [Knob] = [
    Knob(
      "heartbeat-interval", .span(.milliseconds(1) ... .seconds(10)),
      standard: .span(.milliseconds(100)), source: config,
      "How often a leader says that it is alive."),
    Knob(
      "election-timeout", .span(.milliseconds(10) ... .seconds(50)),
      standard: .span(.milliseconds(1_000)), source: config,
      "The shortest silence after which a follower stands; at least five heartbeats."),
    Knob(
      "pre-vote", .flag, standard: .flag(true), source: config,
      "Ask if an election would be won before holding it."),
    Knob(
      "snapshot-count", .integer(1...1_000_000), standard: .integer(10_000),
      source: "etcd-io/etcd, server/etcdserver/server.go, DefaultSnapshotCount",
      "How many entries are applied between two snapshots."),
    Knob(
      "snapshot-catchup-entries", .integer(0...1_000_000), standard: .integer(5_000),
      source: "etcd-io/etcd, server/etcdserver/server.go, DefaultSnapshotCatchUpEntries",
      "How many entries before a snapshot are kept for followers that are behind."),
    Knob(
      "max-txn-ops", .integer(1...100_000), standard: .integer(128), source: config,
      "How many operations a transaction may have."),
    Knob(
      "experimental-enable-lease-checkpoint", .flag, standard: .flag(false), source: config,
      "Let a new leader start long leases where the last one left them."),
    Knob(
      "experimental-watch-progress-notify-interval", .span(.milliseconds(100) ... .hours(1)),
      standard: .span(.minutes(10)), source: "etcd-io/etcd, server/etcdserver/api/v3rpc/watch.go",
      "How often an idle watch is told the revision."),
  ]

  /// The options as `settings` of `knobs` have them; a heartbeat is kept below a fifth of the
  /// election timeout, as etcd demands.
  public init(_ settings: Settings) {
    electionTimeout = settings.span("election-timeout")
    heartbeatInterval = min(settings.span("heartbeat-interval"), electionTimeout / 5)
    preVote = settings.flag("pre-vote")
    snapshotCount = settings.integer("snapshot-count")
    snapshotCatchUpEntries = settings.integer("snapshot-catchup-entries")
    maxTxnOps = settings.integer("max-txn-ops")
    enableLeaseCheckpoint = settings.flag("experimental-enable-lease-checkpoint")
    watchProgressNotifyInterval = settings.span(
      "experimental-watch-progress-notify-interval")
  }
}

extension ToolPreset {
  /// etcd as it comes.
  public static let etcd = ToolPreset(
    id: "etcd", title: "etcd 3 (defaults of the main branch; behaviour recorded on 3.4.23)",
    knobs: EtcdServerOptions.knobs + EtcdClientOptions.knobs,
    leavesOut: [
      "Authentication, quotas, alarms, TLS and the v2 API are left out.",
      "Keys and values are text, and sizes are not limited (no max-request-bytes).",
      "The store is rebuilt from snapshot and log; the backend file and its delays are left out.",
      "Time is continuous where etcd counts ticks of a heartbeat interval, so an election starts "
        + "at any time between one and two election timeouts, not on a tick.",
      "A starting server does not fast-forward its election clock (initial-election-tick-advance).",
      "A deletion at the very revision that is compacted is missed by a watch from there, as in "
        + "3.4.23; later versions mended that.",
      "Members are changed one after the other, by Raft's single-server changes in force when "
        + "appended, not when applied.",
      "A server never answers \"possibly due to connection lost\", since it sees no connections.",
      "Peers and clients speak over streams: a host that doubles messages makes a forwarded "
        + "proposal happen twice, which TCP would not.",
    ])
}
