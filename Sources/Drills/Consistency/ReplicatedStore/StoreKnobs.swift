import Kernel
import Patterns

/// The knobs of replicated stores.
enum StoreKnobs {
  static let all: [Knob] = design + leaderless + load

  static let design: [Knob] = [
    Knob(
      "store", .choice(StoreKind.allCases.map(\.rawValue)), standard: .word("primary-backup"),
      "What keeps the data: one copy, a primary with backups, Raft, a leaderless store with quorums, "
        + "or replicated data types."),
    Knob("replicas", .integer(1...7), standard: .integer(3), "Nodes that hold the data."),
    Knob(
      "replication", .choice(["asynchronous", "semi-synchronous", "synchronous"]),
      standard: .word("asynchronous"),
      "What a primary waits for before it answers a write: its own disk, some backups, or all."),
    Knob(
      "sync.backups", .integer(1...6), standard: .integer(1),
      "How many backups a semi-synchronous primary waits for."),
    Knob(
      "failover", .flag, standard: .flag(true),
      "Whether a monitor appoints another primary when the primary is silent."),
    Knob(
      "failover.after", .span(.milliseconds(500)...(.minutes(5))), standard: .span(.seconds(2)),
      "How long the primary may be silent before the monitor gives it up."),
    Knob(
      "fencing", .choice(["none", "lease"]), standard: .word("none"),
      "Whether a primary stops by itself when its lease is over, and the monitor waits for that."),
    Knob(
      "lease", .span(.milliseconds(500)...(.minutes(5))), standard: .span(.seconds(1)),
      "How long a primary may serve after a report that the monitor agreed to, with fencing."),
    Knob(
      "raft.reads", .choice(RaftStoreNode.Reads.allCases.map(\.rawValue)),
      standard: .word("read-index"), source: "Ongaro's thesis, section 6.4",
      "How Raft answers reads: as log entries, by ReadIndex, by the leader's lease, or locally."),
    Knob(
      "raft.election-timeout", .span(.milliseconds(200)...(.seconds(30))),
      standard: .span(.milliseconds(1_000)), source: "etcd --election-timeout",
      "The shortest silence after which a Raft follower stands for election."),
    Knob(
      "raft.clock-drift", .span(.zero...(.seconds(5))), standard: .span(.milliseconds(50)),
      "How much earlier a Raft leader gives up its lease than clocks that agree would need."),
    Knob(
      "read.from", .choice(["primary", "nearest", "any"]), standard: .word("primary"),
      "Which replica clients read from: the primary, the one in their zone, or one in turn."),
    Knob(
      "session", .flag, standard: .flag(false),
      "Whether clients carry the newest version they have seen, and replicas behind it refuse."),
    Knob(
      "timeout", .span(.milliseconds(50)...(.minutes(1))), standard: .span(.seconds(1)),
      "How long a client waits for an answer before it tries again or gives up."),
    Knob(
      "retries", .integer(0...10), standard: .integer(2),
      "How often a client repeats a request that was refused or not answered."),
    Knob(
      "increment", .choice(["read-write", "compare-and-set", "add"]),
      standard: .word("read-write"),
      "How clients of a counter increment it: read and write back, compare-and-set, or atomically."),
  ]

  static let load: [Knob] = [
    Knob(
      "workload", .choice(["registers", "counter"]), standard: .word("registers"), role: .load,
      "What clients do: read and write registers, or read and increment one counter."),
    Knob("clients", .integer(1...30), standard: .integer(6), role: .load, "Clients."),
    Knob("keys", .integer(1...100), standard: .integer(3), role: .load, "Registers."),
    Knob(
      "think", .span(.milliseconds(1)...(.minutes(1))), standard: .span(.milliseconds(200)),
      role: .load, "The mean time between a client's answer and its next request."),
    Knob(
      "write.share", .number(0...1, .fraction), standard: .number(0.4), role: .load,
      "Share of requests that write or increment."),
    Knob(
      "zone.latency", .span(.zero...(.seconds(2))), standard: .span(.milliseconds(15)),
      role: .load, "The median time of a message between two zones; within a zone it is 0.3 ms."),
    Knob(
      "disk.latency", .span(.zero...(.seconds(1))), standard: .span(.milliseconds(1)),
      role: .load, "The median time of a sync of a node's disk."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(10))), standard: .span(.seconds(60)), role: .load,
      "How long clients work; then 15 s of quiet, in which every key is read from every client."),
  ]
}

/// What keeps the data.
enum StoreKind: String, Sendable, CaseIterable {
  case single
  case primaryBackup = "primary-backup"
  case raft
  case quorum
  case crdt

  /// Whether every node takes writes.
  var isLeaderless: Bool { self == .quorum || self == .crdt }
}
