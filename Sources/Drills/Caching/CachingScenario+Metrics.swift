import Kernel

extension CachingScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("hit_ratio", .fraction, "The share of reads answered from a cache without waiting."),
      Metric(
        "hit_ratio_keys", .fraction,
        "The same, of reads of the keys that are read again and again: no scan, no missing id."),
      Metric("hit_ratio_end", .fraction, "The hit ratio of all reads in the last 10 s."),
      Metric("origin_rate", .perSecond, "Loads and writes sent to the origin, a second."),
      Metric("origin_peak", .perSecond, "The most of them within half a second, for each second."),
      Metric("origin_line", .count, "The most loads and writes in line at the origin."),
      Metric(
        "same_key_loads", .count, "The most loads of one key under way at once, all nodes together."
      ),
      Metric("missing_rate", .perSecond, "Loads of ids that do not exist, a second."),
      Metric("p50", .seconds, "Half of all answered requests took no longer."),
      Metric("p99", .seconds, "99 % of all answered requests took no longer."),
      Metric(
        "error_rate", .fraction, "The share of requests that failed or took longer than timeout."),
      Metric(
        "stale_reads", .count,
        "Reads that got an older version than one acknowledged before they were sent."),
      Metric("lost_writes", .count, "Acknowledged writes that died with a node."),
      Metric("evictions", .count, "Keys that had to go for others."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant("cache", "A node's keys and values agree and no node is over capacity."),
      Invariant("fresh", "A value served as fresh is within its TTL."),
      Invariant("answered once", "No request is answered twice."),
      Invariant("slots", "The origin never works on more than its slots."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Nodes are the same loading caches and eviction policies as on the bench.",
        "Requests keep coming at their rate whatever becomes of them (open load).",
        "A load reads its version when the origin begins to work on it, a write changes it when the "
          + "origin is done; so a slow load can bring an old value.",
      ],
      leavesOut: [
        "Everybody knows at once which nodes are up.",
        "A node answers in no time and is never overloaded; all values have one size.",
        "Clients that gave up still keep their place in line; nobody tries again.",
      ],
      sources: [
        "Nishtala et al., Scaling Memcache at Facebook, NSDI 2013",
        "RFC 5861, HTTP Cache-Control Extensions for Stale Content",
        "Yang et al., S3-FIFO, SOSP 2023; Zhang et al., SIEVE, NSDI 2024",
      ])
  }
}
