import Patterns

extension ChainScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    switch subject {
    case .retry: Self.retryMutants
    case .timeout: Self.timeoutMutants
    case .hedging: Self.hedgeMutants
    case .idempotency: Self.keyMutants
    }
  }

  private static let outage = "at 5s errors store 100% for 8s"

  private static let retryMutants = [
    Mutant(
      RetryShortcut.neverCharges.rawValue, title: "never charges the retry budget",
      summary: "The budget is asked before each retry but nothing is taken from it, so that it "
        + "never runs out and every layer multiplies the outage.",
      settings: [
        "duration": "20s", "retry.at": "middle", "retry.budget": "share",
        "retry.budget.minimum": "0",
      ], faults: [outage], caughtBy: .invariant("budget")),
    Mutant(
      RetryShortcut.waitsWithoutChance.rawValue, title: "backs off without jitter",
      summary: "Everybody waits exactly the same time, and calls that failed together come back "
        + "together.",
      settings: [
        "duration": "20s", "arrivals": "steady", "retry.at": "client", "retry.attempts": "2",
        "retry.base": "4s", "retry.jitter": "full", "slots": "50",
      ], faults: ["at 5s errors store 100% for 1s"], caughtBy: .objective("calls_peak < 170/s")),
    Mutant(
      RetryShortcut.miscounts.rawValue, title: "makes one attempt more than it was told",
      summary: "The first call is not counted. Three layers of three attempts are 64 calls "
        + "instead of 27.",
      settings: ["duration": "15s", "rate": "20/s"], faults: [outage],
      caughtBy: .invariant("attempts")),
  ]

  private static let timeoutMutants = [
    Mutant(
      TimeoutShortcut.forgetsParent.rawValue,
      title: "lets a try run on past its request's deadline",
      summary: "Each try gets its own timeout in full, however little the request has left. "
        + "Layers below wait for answers that nobody above wants.",
      settings: ["duration": "15s", "deadline": "200ms", "deadline.sent": "on"],
      faults: ["at 5s slow store x20 for 5s"], caughtBy: .invariant("deadline")),
    Mutant(
      TimeoutShortcut.cancelsOneHop.rawValue,
      title: "passes a cancellation on no further than the first hop",
      summary: "A service that is told to stop stops, but does not tell the service it has called. "
        + "The work at the end of the chain goes on for nobody.",
      settings: [
        "duration": "20s", "timeout.client": "200ms", "timeout.edge": "5s", "timeout.middle": "5s",
        "timeout.cancels": "on",
      ], faults: ["at 5s slow store x6 for 8s"], caughtBy: .objective("queue_peak < 100")),
  ]

  private static let hedgeMutants = [
    Mutant(
      HedgeShortcut.neverCharges.rawValue, title: "never charges the hedging budget",
      summary: "The budget is asked but nothing is taken from it. When all replicas are slow, "
        + "every call is sent twice.",
      settings: ["duration": "20s", "hedge": "fixed", "hedge.budget": "5%"],
      faults: (1...6).map { "at 5s slow store-\($0) x4 for 8s" },
      caughtBy: .invariant("hedge budget")),
    Mutant(
      HedgeShortcut.sendsAtOnce.rawValue, title: "sends the second copy at once",
      summary: "The wait is left out, so that every call is sent twice: twice the load for "
        + "everybody.",
      settings: ["duration": "20s", "hedge": "percentile"],
      caughtBy: .objective("amplification < 1.3")),
    Mutant(
      HedgeShortcut.keepsLosers.rawValue, title: "does not stop the copy that lost",
      summary: "The first answer is taken and the other copy works on to its end, for nobody.",
      settings: ["duration": "20s", "rate": "450/s", "hedge": "fixed", "hedge.delay": "20ms"],
      caughtBy: .objective("wasted_work < 60%")),
  ]

  private static let keyMutants = [
    Mutant(
      IdempotencyShortcut.storesAfterwards.rawValue, title: "stores the key only after the work",
      summary: "The key is looked up before the work and stored after it. Two requests with the "
        + "same key that come together both find nothing, and both charge.",
      settings: ["duration": "20s", "key": "request", "double": "10%"],
      caughtBy: .invariant("one effect")),
    Mutant(
      IdempotencyShortcut.ignoresBody.rawValue, title: "does not compare the body",
      summary: "A key that comes with another charge gets the stored answer: the client is told "
        + "that it has paid, and it has not.",
      settings: ["duration": "20s", "key": "request", "key.reused": "5%"],
      caughtBy: .objective("lost_effects < 1")),
    Mutant(
      IdempotencyShortcut.keepsLock.rawValue, title: "keeps the lock after a failure",
      summary: "Work that failed leaves its key in progress. Every retry is told to come back "
        + "later, until the lock runs out.",
      settings: ["duration": "20s", "key": "request", "errors": "20%", "retry.attempts": "5"],
      caughtBy: .objective("success > 99%")),
  ]
}
