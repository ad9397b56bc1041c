import Patterns

extension ShardingScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] { Self.placementMutants + Self.movingMutants + Self.routingMutants }

  private static let placementMutants = [
    Mutant(
      ShardingShortcut.hasNoVirtualNodes.rawValue, title: "builds its ring without virtual nodes",
      summary: "Each shard has one token, so that its arc of the ring is as long as chance made "
        + "it. The keys are spread as unevenly as the arcs, and a new shard relieves one "
        + "neighbour only.",
      settings: ["duration": "10s", "placement": "ring", "keys": "5000"],
      caughtBy: .objective("skew < 1.4")),
    Mutant(
      ShardingShortcut.dropsBusiest.rawValue,
      title: "forgets the hot key whenever a cold one comes",
      summary: "The counter of hot keys makes room by dropping its busiest entry, not its least "
        + "busy one. The hot key starts over again and again, is never found, and nothing is done "
        + "for it.",
      settings: [
        "duration": "15s", "placement": "ring", "celebrity": "40%", "hot.remedy": "local-cache",
        "writes": "5%",
      ],
      caughtBy: .objective("load_skew < 1.4")),
  ]

  private static let movingMutants = [
    Mutant(
      ShardingShortcut.forgetsWrites.rawValue,
      title: "does not copy again what is written during the copy",
      summary: "A key that changes at its source after it was read for the copy goes over in its "
        + "old state. With the change of hands every such write is lost, though it was "
        + "acknowledged.",
      settings: [
        "duration": "25s", "placement": "ring", "grow.by": "1", "grow.at": "5s",
        "copy.rate": "200/s", "writes": "50%",
      ],
      caughtBy: .invariant("no lost write")),
    Mutant(
      ShardingShortcut.takesFailureForDone.rawValue,
      title: "takes a failed copy for a finished one",
      summary: "A batch whose target was down counts as copied. Its keys change hands with the "
        + "rest and are nowhere: the new owner never had them, the old one deletes them.",
      settings: [
        "duration": "30s", "placement": "ring", "grow.by": "1", "grow.at": "5s",
        "copy.rate": "200/s",
      ],
      faults: ["at 7s crash shard-5 for 2s"], caughtBy: .invariant("no lost key")),
    Mutant(
      ShardingShortcut.ignoresRate.rawValue, title: "copies without regard to its rate",
      summary: "The move takes all the disk it can get. Reads and writes wait behind the copies, "
        + "and the clients pay for a move that is over in no time.",
      settings: [
        "duration": "20s", "placement": "ring", "grow.by": "1", "grow.at": "5s",
        "copy.rate": "200/s", "copy.batch": "10", "keys": "5000",
      ],
      caughtBy: .objective("move_time > 4 s")),
  ]

  private static let routingMutants = [
    Mutant(
      ShardingShortcut.neverLearns.rawValue,
      title: "follows redirections without learning from them",
      summary: "A router that is told where a key has moved goes there once, keeps its old map, "
        + "and asks the wrong shard again for every request until the next fetch of the map.",
      settings: [
        "duration": "25s", "placement": "ring", "grow.by": "4", "grow.at": "5s",
        "map.refresh": "60s", "keys": "2000",
      ],
      caughtBy: .objective("redirects < 300")),
    Mutant(
      ShardingShortcut.takesAskForMoved.rawValue, title: "takes ASK for MOVED",
      summary: "ASK is for one request. A router that changes its map on it sends the rest of the "
        + "parcel's keys to a shard that does not have them yet, and is sent back each time.",
      settings: [
        "duration": "25s", "placement": "ring", "grow.by": "1", "grow.at": "5s",
        "move.style": "key", "copy.rate": "200/s", "copy.batch": "10",
      ],
      caughtBy: .objective("redirects_per_request < 0.04")),
  ]
}
