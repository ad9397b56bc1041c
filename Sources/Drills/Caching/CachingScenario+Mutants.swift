import Patterns

extension CachingScenario {
  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        CacheShortcut.keepsLeases.rawValue, title: "a delete does not take the lease away",
        summary: "Loads hold leases, but a delete leaves them valid. A load that read before the "
          + "write still fills the cache after it, and the old value stays for its whole TTL.",
        settings: [
          "coalesce": "on", "lease": "on", "writes": "20%", "keys": "50", "duration": "20s",
        ],
        caughtBy: .objective("stale_reads < 1")),
      Mutant(
        CacheShortcut.servesExpired.rawValue, title: "never looks at the end of the TTL",
        summary: "A value that is in is served as fresh, however old it is.",
        settings: ["ttl": "2s", "duration": "20s", "keys": "100"],
        caughtBy: .invariant("fresh")),
      Mutant(
        CacheShortcut.answersFirstWaiter.rawValue, title: "answers one waiter and forgets the rest",
        summary:
          "Misses share a load, but its result goes to the request that began it. The others "
          + "wait until they give up.",
        settings: [
          "coalesce": "on", "keys": "20", "ttl": "1s", "duration": "20s", "origin.time": "100ms",
        ],
        caughtBy: .objective("error_rate < 1 %")),
      Mutant(
        CacheShortcut.ignoresJitter.rawValue, title: "draws the jitter but does not add it",
        summary: "All that was filled together ends together, as if ttl.jitter were 0.",
        settings: [
          "coalesce": "on", "warm": "on", "ttl": "10s", "ttl.jitter": "50%", "duration": "20s",
          "keys": "1000", "skew": "0.5", "rate": "1000/s", "origin.slots": "100",
        ],
        caughtBy: .objective("origin_peak < 300/s")),
    ]
  }
}
