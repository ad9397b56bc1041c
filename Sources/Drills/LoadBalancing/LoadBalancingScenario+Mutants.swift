import Patterns

extension LoadBalancingScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        BalancerShortcut.leaksOnFailure.rawValue,
        title: "a failed request is never taken off the count",
        summary: "The count of requests under way goes down when a good answer comes, and not when "
          + "one fails. A host that failed for a while looks busy for ever.",
        settings: ["algorithm": "least-connections", "duration": "20s", "failure.is": "errors"],
        faults: ["at 5s errors host-2 60% for 5s"],
        caughtBy: .invariant("counts")),
      Mutant(
        BalancerShortcut.retriesTriedHost.rawValue,
        title: "a repeat may go to the host that just failed",
        summary: "The hosts already tried are not left out. With few hosts, or a host that looks "
          + "idle because it is dead, the second try fails like the first.",
        settings: [
          "algorithm": "random", "hosts": "3", "duration": "20s", "tries": "3", "rate": "100/s",
        ],
        faults: ["at 5s crash host-2"],
        caughtBy: .invariant("other host")),
      Mutant(
        BalancerShortcut.picksDraining.rawValue, title: "a draining host gets new requests",
        summary: "Draining is taken for a word in the logs. When the host stops, the requests it "
          + "got meanwhile break.",
        settings: [
          "deploy.at": "5s", "drain": "3s", "deploy.gap": "1s", "duration": "40s",
        ],
        caughtBy: .invariant("allowed")),
      Mutant(
        BalancerShortcut.rewardsFastFailure.rawValue,
        title: "an answer that failed counts as a fast one",
        summary: "The latency of errors goes into the average unchanged. A host that fails within "
          + "a millisecond becomes the fastest of all and draws the requests.",
        settings: [
          "algorithm": "peak-ewma", "failure.penalty": "2s", "failure.is": "errors",
          "duration": "30s",
        ],
        faults: ["at 5s errors host-2 100%"],
        caughtBy: .objective("failed < 10 %")),
      Mutant(
        BalancerShortcut.neverReturns.rawValue, title: "a host that was taken out stays out",
        summary: "Failures take hosts out and nothing brings them back. After every host had its "
          + "bad moment, few are left.",
        settings: ["check.every": "1s", "duration": "30s"],
        faults: ["at 5s crash host-2 for 5s"],
        caughtBy: .invariant("health")),
    ]
  }
}
