/// What the sharding models keep and leave out.
enum ShardingFidelity {
  /// The sources of the mechanisms.
  static let sources = [
    "Karger et al., Consistent hashing and random trees (STOC 1997)",
    "Lamping and Veach, A fast, minimal memory, consistent hash algorithm, arXiv 1406.2294",
    "Eisenbud et al., Maglev (NSDI 2016)",
    "Mirrokni, Thorup and Zadimoghaddam, Consistent hashing with bounded loads, arXiv 1608.01350",
    "Redis Cluster specification, redis/redis-doc docs/reference/cluster-spec.md",
    "Vitess documentation, Reshard; MongoDB manual, sharded cluster balancer",
  ]

  /// The note of the bench.
  static let bench = Fidelity(
    models: [
      "Keys are placed by the real algorithms, tested against published vectors.",
      "A move runs the same machine as the drills: parcels are copied, caught up, frozen, handed "
        + "over; the router learns by MOVED and ASK.",
    ],
    leavesOut: [
      "Requests take no time and never wait; queues, disks and the network are in the drills.",
      "A row is a counter of writes: sizes of values do not matter.",
      "A shard is one process without replicas; a crash keeps its rows on disk.",
      "The sort order of a key is the number at its end, as of a table with an integer key.",
    ],
    sources: sources)
}
