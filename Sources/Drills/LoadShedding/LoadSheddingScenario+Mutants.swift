import Patterns

extension LoadSheddingScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        LoadSheddingShortcut.leaksPermits.rawValue,
        title: "does not give the place of a dropped call back",
        summary: "Calls that are dropped in line keep their place in the limit. The server lets "
          + "fewer and fewer in and ends up refusing everything while it has nothing to do.",
        settings: [
          "duration": "20s", "limit": "fixed", "limit.fixed": "300", "queue.codel": "on",
        ], faults: ["at 5s slow server x3 for 5s"], caughtBy: .invariant("permits")),
      Mutant(
        LoadSheddingShortcut.invertsPriority.rawValue,
        title: "refuses the most critical calls first",
        summary: "The shares are read in the wrong order. Prefetching is served to the last, "
          + "and checkout is refused.",
        settings: [
          "duration": "20s", "limit": "fixed", "limit.fixed": "40", "share.sheddable": "50%",
        ], faults: ["at 5s slow server x3 for 8s"], caughtBy: .invariant("priority")),
      Mutant(
        LoadSheddingShortcut.growsWhileIdle.rawValue,
        title: "lets the limit grow while hardly anything is in flight",
        summary: "Fast calls on an idle server say nothing about how many it could take. The "
          + "limit climbs through the night and is at its greatest when the morning comes.",
        settings: ["duration": "20s", "limit": "aimd", "rate": "50/s"],
        caughtBy: .invariant("idle growth")),
      Mutant(
        LoadSheddingShortcut.neverShrinks.rawValue, title: "never lets the limit shrink",
        summary: "The limit follows good news only. After the first busy hour it is at its "
          + "maximum, and the line behind it is too.",
        settings: [
          "duration": "30s", "limit": "aimd", "limit.max": "1000", "limit.window": "0s",
          "patience": "5s",
          "retry.attempts": "1",
        ],
        faults: ["at 5s load x3 for 20s"], caughtBy: .objective("p50 < 200 ms")),
      Mutant(
        LoadSheddingShortcut.countsRefusalsAsAccepted.rawValue,
        title: "counts refusals as accepted calls",
        summary: "The client's throttle takes any answer for a good one. It never refuses "
          + "anything, and the server drowns in refusing.",
        settings: [
          "duration": "40s", "limit": "fixed", "limit.fixed": "30", "throttle": "on",
          "refusal": "5ms",
        ], faults: ["at 5s load x6 for 25s"], caughtBy: .objective("throttled > 1000")),
    ]
  }
}
