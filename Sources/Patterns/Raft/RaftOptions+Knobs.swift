import Kernel

extension RaftOptions {
  private static let etcd = "etcd-io/etcd, server/embed/config.go"

  /// The knobs of a Raft node, under etcd's names where etcd has them.
  public static let knobs: [Knob] = [
    Knob(
      "heartbeat-interval", .span(.milliseconds(1) ... .seconds(10)),
      standard: .span(.milliseconds(100)), source: etcd,
      "How often a leader says that it is alive."),
    Knob(
      "election-timeout", .span(.milliseconds(10) ... .seconds(50)),
      standard: .span(.milliseconds(1_000)), source: etcd,
      "The shortest silence after which a follower stands; the longest is twice that."),
    Knob(
      "pre-vote", .flag, standard: .flag(true), source: etcd,
      "Ask if an election would be won before raising the term."),
    Knob(
      "check-quorum", .flag, standard: .flag(true),
      source: "etcd-io/etcd, server/etcdserver/bootstrap.go",
      "Step down without a majority, and ignore candidates while a leader is heard."),
    Knob(
      "max-inflight-msgs", .integer(1...10_000), standard: .integer(512),
      source: "etcd-io/etcd, server/etcdserver/raft.go",
      "How many appends may be on the way to one follower."),
    Knob(
      "max-entries-per-append", .integer(1...10_000), standard: .integer(256),
      "How many entries go into one append."),
    Knob(
      "max-uncommitted", .integer(1...10_000_000), standard: .integer(100_000),
      "How many entries may wait for their commit before proposals are refused."),
    Knob(
      "snapshot-catchup-entries", .integer(0...1_000_000), standard: .integer(5_000),
      source: "etcd-io/etcd, server/etcdserver/server.go, DefaultSnapshotCatchUpEntries",
      "How many entries before a snapshot are kept for followers that are behind."),
    Knob(
      "reads", .choice(RaftReadMode.allCases.map(\.rawValue)), standard: .word("quorum"),
      source: "etcd-io/raft, raft.go, ReadOnlySafe",
      "Confirm each read with a quorum, or lean on a lease and on clocks."),
    Knob(
      "clock-drift", .span(.zero ... .seconds(1)), standard: .span(.milliseconds(50)),
      "How much earlier a lease ends than the promise behind it."),
    Knob(
      "shortcut", .choice(["none"] + RaftShortcut.allCases.map(\.rawValue)),
      standard: .word("none"), "A wrong way to build Raft, to see what it breaks."),
  ]

  /// The options as `settings` of `knobs` have them; a heartbeat is kept below an election.
  public init(_ settings: Settings) {
    let election = settings.span("election-timeout")
    let shortcut = RaftShortcut(rawValue: settings.word("shortcut"))
    self.init(
      heartbeatInterval: min(settings.span("heartbeat-interval"), election / 2),
      electionTimeout: election, preVote: settings.flag("pre-vote"),
      checkQuorum: settings.flag("check-quorum"),
      maxEntriesPerAppend: settings.integer("max-entries-per-append"),
      maxInflightAppends: settings.integer("max-inflight-msgs"),
      maxUncommittedEntries: settings.integer("max-uncommitted"),
      trailingEntries: settings.integer("snapshot-catchup-entries"),
      reads: RaftReadMode(rawValue: settings.word("reads")) ?? .quorum,
      clockDrift: settings.span("clock-drift"), shortcuts: shortcut.map { [$0] } ?? [])
  }
}
