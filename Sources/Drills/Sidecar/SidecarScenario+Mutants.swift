import Patterns

extension SidecarScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] { lifeMutants + formMutants + meshMutants }

  private var lifeMutants: [Mutant] {
    [
      Mutant(
        SidecarShortcut.startsAnyway.rawValue, title: "does not wait for its sidecar",
        summary: "The order of starting is configured and not kept: the first call of the "
          + "application finds nobody.",
        settings: ["hold": "on", "rollout": "on"], caughtBy: .invariant("order")),
      Mutant(
        SidecarShortcut.stopsTogether.rawValue,
        title: "tells a native sidecar to stop together with the application",
        summary: "The sidecar is declared as one, started first, and then told to stop with "
          + "everybody else: what the application still has loses its way out.",
        settings: ["form": "native", "rollout": "on", "long.share": "10%"],
        caughtBy: .invariant("order")),
      Mutant(
        SidecarShortcut.neverKills.rawValue, title: "never ends the grace period",
        summary: "A request that never ends keeps its pod for ever, and the rollout stands still.",
        settings: [
          "rollout": "on", "grace": "5s", "long.share": "10%", "long.time": "30s",
        ], caughtBy: .invariant("grace")),
    ]
  }

  private var formMutants: [Mutant] {
    [
      Mutant(
        SidecarShortcut.leaksConnections.rawValue, title: "keeps the connection of a failed call",
        summary: "A call that fails does not give its connection back. After some errors the pool "
          + "is empty, long after the ledger is well.",
        settings: ["outgoing": "ambassador", "duration": "60s"],
        faults: (1...3).map { "at 10s errors ledger-\($0) 60% for 5s" },
        caughtBy: .objective("no_connection < 50")),
      Mutant(
        SidecarShortcut.losesSilently.rawValue, title: "throws lines away without counting",
        summary: "The buffer is full, the line is gone, and every counter says that all is well.",
        settings: ["log.full": "drop", "duration": "60s"],
        faults: ["at 10s crash log-store for 20s"], caughtBy: .invariant("lines")),
      Mutant(
        SidecarShortcut.keepsMilliseconds.rawValue, title: "exposes milliseconds as seconds",
        summary: "The adapter renames the timer and forgets to divide. The text reads without a "
          + "complaint, and every dashboard shows requests of half a minute.",
        settings: ["metrics": "adapter", "duration": "20s"], caughtBy: .invariant("exposition")),
    ]
  }

  private var meshMutants: [Mutant] {
    [
      Mutant(
        OutlierShortcut.ignoresShare.rawValue, title: "takes out more instances than it may",
        summary: "The proxy's share of instances that may be out is not looked at: a fault that "
          + "hits all of them a little leaves none.",
        settings: [
          "outgoing": "ambassador", "eject": "outlier", "eject.percent": "34",
          "duration": "30s",
        ],
        faults: (1...3).map { "at 5s errors ledger-\($0) 80% for 5s" },
        caughtBy: .invariant("ejected share")),
      Mutant(
        RetryShortcut.neverCharges.rawValue, title: "never charges the retry budget",
        summary: "The budget is asked before each retry and nothing is taken from it.",
        settings: [
          "outgoing": "ambassador", "retry.on": "5xx", "retry.budget": "share",
          "retry.budget.minimum": "1", "retry.mesh": "5", "rate": "300/s", "duration": "30s",
        ],
        faults: (1...3).map { "at 5s errors ledger-\($0) 90% for 10s" },
        caughtBy: .objective("retries_refused > 0")),
    ]
  }
}
