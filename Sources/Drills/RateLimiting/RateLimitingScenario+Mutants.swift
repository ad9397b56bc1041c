import Patterns

extension RateLimitingScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        RateShortcut.neverFull.rawValue, title: "tokens are added without looking at the capacity",
        summary: "The bucket fills for as long as nobody comes. Whoever was away for an hour may "
          + "send an hour's worth at once.",
        settings: [
          "duration": "30s", "tenants": "5", "rate": "1/s", "greedy": "10/s",
          "greedy.shape": "batch", "greedy.every": "10s",
        ],
        caughtBy: .invariant("bound")),
      Mutant(
        RateShortcut.chargesDenied.rawValue,
        title: "a refused request takes its tokens all the same",
        summary:
          "The state changes with every request, admitted or not. A client that keeps asking "
          + "is never let in again.",
        settings: [
          "algorithm": "gcra", "limit": "5", "limit.burst": "4", "rate": "8/s", "tenants": "5",
          "gateways": "1", "duration": "20s",
        ],
        caughtBy: .invariant("retry after")),
      Mutant(
        RateShortcut.mintsOnClockJump.rawValue,
        title: "time that goes back is taken for time that has passed",
        summary:
          "The elapsed time is used without its sign. When a time server sets the clock back, "
          + "every bucket is filled.",
        settings: [
          "duration": "20s", "tenants": "5", "greedy": "50/s", "gateways": "1",
          "limit.burst": "50",
        ],
        faults: ["at 10s jump gateway-1 by -5s"],
        caughtBy: .invariant("bound")),
      Mutant(
        RateShortcut.sharesKeys.rawValue, title: "all keys use one limiter",
        summary:
          "The key is left out where the limiter is looked up. One greedy client uses up what "
          + "everybody has.",
        settings: ["duration": "20s", "greedy": "100/s", "rate": "2/s", "tenants": "10"],
        caughtBy: .objective("wrongly_refused < 1 %")),
      Mutant(
        RateShortcut.ignoresFallback.rawValue, title: "fails open, whatever was set",
        summary: "When the store is silent, the answer is yes. fallback=local is set and does "
          + "nothing.",
        settings: [
          "duration": "20s", "share": "central", "algorithm": "fixed-window", "greedy": "100/s",
        ],
        faults: ["at 5s crash store for 10s"],
        caughtBy: .objective("over_limit < 3")),
      Mutant(
        RateShortcut.hurriesRetry.rawValue, title: "Retry-After is named a second too early",
        summary:
          "The seconds are rounded down where they should be rounded up. Who waits as told is "
          + "refused again.",
        settings: [
          "algorithm": "fixed-window", "window": "10s", "limit": "20", "rate": "4/s", "retry": "3",
          "tenants": "5", "gateways": "1", "duration": "30s",
        ],
        caughtBy: .invariant("retry after")),
    ]
  }
}
