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

  /// The note of the scenario.
  static let scenario = Fidelity(
    models: [
      "Every request is routed by a router's copy of the map, crosses a network, stands in line "
        + "for one of the slots of a shard and is checked for its owner there.",
      "Copies of moving keys take slots at source and target like requests do; writes to a key on "
        + "the move are tracked, caught up and frozen by the machine, not assumed.",
      "A row counts the writes it has seen, so every lost write and every duplicate is counted.",
      "Hot keys are found by the routers' own counters (Space-Saving).",
    ],
    leavesOut: [
      "A shard is one process without replicas: while it is down its keys cannot be reached.",
      "Service times do not depend on the key or the kind of request, and slots do not preempt: a "
        + "batch of copies holds its slot to the end, as one large read would.",
      "Clocks and lying disks play no part: faults about them change nothing. More than 50,000 "
        + "requests a second are not simulated, whatever a load fault asks for.",
      "A line in front of a shard has no bound, and clients do not retry; a request that outlives "
        + "its timeout still takes its slot.",
      "The shards learn of a new map at once; only routers can be behind.",
      "Copies of a hot key come into being at once; in reality the first copy takes a moment.",
      "A write to two keys of one shard is atomic; across shards there is no two-phase commit.",
    ],
    sources: sources)

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
