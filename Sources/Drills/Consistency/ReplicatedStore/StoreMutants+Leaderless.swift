extension StoreMutants {
  static let leaderless: [Mutant] = [
    Mutant(
      "answers-after-one", title: "answers a write when one replica has it, whatever W is",
      summary:
        "The coordinator counts one confirmation as a quorum: the next read hears two replicas "
        + "that do not have the write yet.",
      settings: [
        "store": "quorum", "duration": "20s", "think": "20ms", "keys": "1",
        "zone.latency": "30ms",
      ], caughtBy: .finding("linearizable")),
    Mutant(
      "drops-hints", title: "drops what it kept for a node when that node is back",
      summary:
        "The hint is deleted without being sent, so that the node never learns what it missed.",
      settings: [
        "store": "quorum", "quorum.r": "1", "read.repair": "none", "duration": "30s",
        "think": "50ms", "write.share": "20 %", "keys": "30",
      ], faults: ["at 25s crash n3 for 4s"], caughtBy: .finding("replicas converge")),
    Mutant(
      "repairs-with-older", title: "repairs replicas with the older of two versions",
      summary:
        "A read that sees two versions writes the older one back: acknowledged writes vanish "
        + "from the replicas that had them.",
      settings: [
        "store": "quorum", "duration": "20s", "think": "20ms", "keys": "2", "zone.latency": "30ms",
      ], caughtBy: .finding("linearizable")),
    Mutant(
      "answers-sessions-from-any", title: "answers a session with whatever R replicas say",
      summary: "With R = 1 a replica that has not got the client's own write answers all the same.",
      settings: [
        "store": "quorum", "quorum.r": "1", "quorum.w": "1", "session": "on", "read.repair": "none",
        "read.from": "any", "duration": "20s", "think": "20ms", "keys": "1",
        "zone.latency": "30ms",
      ], caughtBy: .finding("read your writes")),
    Mutant(
      "adds-up-counters", title: "adds up counters where it should take the larger count",
      summary:
        "Every repetition of the same gossip counts again, so that the counter shows more than "
        + "anybody added.",
      settings: [
        "store": "crdt", "workload": "counter", "increment": "add", "gossip": "state",
        "duration": "20s", "think": "100ms",
      ], caughtBy: .finding("no increment is counted twice")),
  ]
}
