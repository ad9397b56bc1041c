import Patterns

/// The deliberate bugs of the failover scenario.
enum FailoverMutants {
  static let all: [Mutant] = leases + elections

  private static let leases = [
    Mutant(
      FailoverShortcut.acceptsAnyToken.rawValue,
      title: "the storage compares a token with the last one, not with the highest",
      summary: "The check looks at the write before. A late write of the old leader passes, and "
        + "from then on the old token is the one that is compared with.",
      settings: ["data": "shared", "fencing": "on", "lease.check": "off", "duration": "60s"],
      faults: ["at 30100ms pause n1 for 20s"], caughtBy: .invariant("tokens never fall")),
    Mutant(
      FailoverShortcut.leadsWithoutRenewing.rawValue,
      title: "a leader that cannot renew goes on leading",
      summary: "The deadline is not looked at. Cut off from the lease store, the old leader takes "
        + "writes beside the new one.",
      settings: ["duration": "60s"], faults: ["at 30s partition n1 | dcs-1,dcs-2,dcs-3,n2"],
      caughtBy: .objective("two_leaders < 1 s")),
    Mutant(
      FailoverShortcut.claimsUnexpired.rawValue,
      title: "a candidate claims a lease that it saw renewed a moment ago",
      summary: "One retry period without news counts as the end of the lease. A hiccup of the "
        + "store is a failover.",
      settings: ["duration": "60s"],
      faults: ["at 30s partition n1 | dcs-1,dcs-2,dcs-3 for 7s"],
      caughtBy: .objective("needless_failovers < 1")),
    Mutant(
      FailoverShortcut.keepsLongerLog.rawValue,
      title: "a node that comes back keeps its own log when it is the longer one",
      summary: "Length is taken for truth. The writes that were never copied stay, at places where "
        + "the new leader has others.",
      settings: ["duration": "60s"],
      faults: ["at 25s partition n1 | n2,dcs-1,dcs-2,dcs-3 for 23s"],
      caughtBy: .invariant("standby follows")),
    Mutant(
      FailoverShortcut.countsAllFailures.rawValue,
      title: "a success does not set the count of failures back",
      summary: "Ten failures in a row were meant; ten in all it is. A leader that fails one write "
        + "in ten is given up again and again.",
      settings: ["error.limit": "10", "duration": "60s"], faults: ["at 25s errors n1 10%"],
      caughtBy: .objective("failovers < 1")),
  ]

  private static let elections = [
    Mutant(
      FailoverShortcut.electsByQuorum.rawValue,
      title: "a Sentinel acts with as many votes as the quorum",
      summary:
        "Quorum and majority are taken for the same number. With a quorum of one, a Sentinel "
        + "that is alone elects itself and promotes.",
      settings: ["election": "sentinel", "quorum": "1", "down.after": "5s", "nodes": "3"],
      faults: ["at 25s crash sentinel-2", "at 25s crash sentinel-3", "at 30s crash n1"],
      caughtBy: .invariant("a majority elects")),
    Mutant(
      FailoverShortcut.ignoresOffset.rawValue,
      title: "a Sentinel promotes without looking at the offset",
      summary: "Priorities are equal and the first replica is taken. It was cut off for half a "
        + "minute, and its sibling had everything.",
      settings: ["election": "sentinel", "down.after": "5s", "nodes": "3", "duration": "90s"],
      faults: ["at 30s partition n1 -> n2", "at 60s crash n1"],
      caughtBy: .objective("lost_writes < 100")),
    Mutant(
      FailoverShortcut.forgetsOnSuccess.rawValue,
      title: "one good check forgets all failures",
      summary:
        "Eight failures were to move the service. A node that fails two checks in five never has "
        + "eight in its book, and the service is started again there for ever.",
      settings: [
        "election": "cluster", "data": "shared", "nodes": "3", "migration.threshold": "8",
        "monitor.interval": "2s", "duration": "3m",
      ],
      faults: ["at 30s errors n1 40%"], caughtBy: .objective("failovers >= 1")),
    Mutant(
      FailoverShortcut.recoversUnfenced.rawValue,
      title: "a cluster recovers before the fencing is confirmed",
      summary:
        "The order to cut the power is given, and the service is started at the same moment. "
        + "The old holder stands still, and is about to go on.",
      settings: ["election": "cluster", "data": "shared", "nodes": "3"],
      faults: ["at 30s pause n1 for 40s"], caughtBy: .invariant("fenced first")),
  ]
}
