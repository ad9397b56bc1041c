/// The deliberate bugs of replicated stores.
enum StoreMutants {
  static let all: [Mutant] = primaryBackup + raft + leaderless

  private static let cut = "at 10s partition n1,c1,c4 | n2,n3,monitor,c2,c3,c5,c6 for 15s"

  private static let primaryBackup: [Mutant] = [
    Mutant(
      "acknowledges-before-disk", title: "answers a write before its own disk has it",
      summary: "The primary writes to its disk without waiting for the sync. A crash takes "
        + "acknowledged writes along: they are missing after the restart.",
      settings: ["store": "single", "disk.latency": "40ms", "duration": "30s", "think": "20ms"],
      faults: ["at 10s crash n1 for 1s", "at 15s crash n1 for 1s", "at 20s crash n1 for 1s"],
      caughtBy: .finding("no acknowledged write is lost")),
    Mutant(
      "counts-sent-as-reached", title: "counts a backup as reached when it was sent the write",
      summary: "The primary takes the sending for the confirmation, so that semi-synchronous "
        + "replication promises no more than asynchronous: the failover loses writes.",
      settings: [
        "replication": "semi-synchronous", "fencing": "lease", "duration": "30s",
        "think": "50ms",
      ], faults: [cut], caughtBy: .finding("no acknowledged write is lost")),
    Mutant(
      "ignores-lease", title: "goes on serving after its lease is over",
      summary: "The old primary answers reads although its lease is over and another primary is "
        + "in office: they are stale.",
      settings: [
        "replication": "semi-synchronous", "fencing": "lease", "duration": "30s", "think": "50ms",
      ], faults: [cut], caughtBy: .finding("linearizable")),
    Mutant(
      "keeps-divergence", title: "keeps its own writes where the new primary's log differs",
      summary: "The old primary says that it has everything and keeps what nobody else has: two "
        + "replicas disagree for ever.",
      settings: ["read.from": "nearest", "duration": "30s", "think": "50ms"], faults: [cut],
      caughtBy: .finding("replicas converge")),
    Mutant(
      "ignores-session", title: "does not look at what the session has seen",
      summary: "A backup answers although it has not applied what the client wrote: read your "
        + "writes is broken in spite of the session's token.",
      settings: [
        "read.from": "nearest", "session": "on", "duration": "20s", "think": "20ms", "keys": "1",
      ], caughtBy: .finding("read your writes")),
  ]

  /// Each node in turn is cut off with its zone for 5 s, and its clock goes slowly meanwhile, so that
  /// a leader among them does not notice for long.
  private static let slowLeaders = (1...3).flatMap { number in
    let others = (1...3).filter { $0 != number }
    let near = "n\(number),c\(number),c\(number + 3)"
    let far = others.map { "n\($0),c\($0),c\($0 + 3)" }.joined(separator: ",")
    let at = 8 + (number - 1) * 7
    return [
      "at \(at)s drift n\(number) x0.1 for 5s", "at \(at)s partition \(near) | \(far) for 5s",
    ]
  }

  private static let raft: [Mutant] = [
    Mutant(
      "reads-unchecked", title: "answers reads as leader without making sure that it still leads",
      summary: "The leader on the small side of a partition, whose clock goes slowly, answers from "
        + "memory, while the others have elected another and gone on writing.",
      settings: ["store": "raft", "duration": "30s", "think": "50ms"], faults: slowLeaders,
      caughtBy: .finding("linearizable")),
    Mutant(
      "log-in-memory", title: "acknowledges entries that it never writes to disk",
      summary: "Every node confirms what it has in memory only. When the power fails for all, "
        + "acknowledged writes are gone.",
      settings: ["store": "raft", "duration": "30s", "think": "50ms"],
      faults: (1...3).map { "at 15s crash n\($0) for 1s" },
      caughtBy: .finding("no acknowledged write is lost")),
  ]
}
