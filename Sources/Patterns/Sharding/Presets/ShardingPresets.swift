import Kernel

extension ShardingPreset {
  /// Every preset.
  public static let all: [ShardingPreset] = [
    redisCluster, cassandra, envoyRingHash, envoyMaglev, haproxy, kafka, mongodb, dynamodb,
  ]

  /// The keys that the bench begins with; ranges are cut from them.
  private static let keyCount = 10_000

  /// Redis Cluster: 16384 slots, CRC16 and hash tags.
  static let redisCluster = ShardingPreset(
    tool: ToolPreset(
      id: "redis-cluster", title: "Redis Cluster 7.0", knobs: RedisClusterOptions.knobs,
      leavesOut: [
        "Of the parameters only cluster-require-full-coverage acts on the bench, which has no "
          + "replicas and no bus; the node itself with its failover is a machine of its own.",
        "A move follows the bench's knobs: 'set move.style=key' hands keys over as Redis does.",
      ]),
    placement: { _ in PlacementOptions(kind: .slots) },
    needsAllShards: { $0.flag("cluster-require-full-coverage") })

  /// Cassandra: a ring of Murmur3 tokens.
  static let cassandra = ShardingPreset(
    tool: ToolPreset(
      id: "cassandra", title: "Apache Cassandra 4.0",
      knobs: [
        Knob(
          "num_tokens", .integer(1...1_536), standard: .integer(16),
          source: "Cassandra 4.0 documentation, cassandra.yaml (256 before 4.0, CASSANDRA-13701)",
          "Tokens that a node gets on the ring.")
      ],
      leavesOut: [
        "Tokens are hashed from names, as if drawn by chance; the allocation for a replication "
          + "factor spreads them more evenly.",
        "There is no replication: a shard that is down takes its keys with it.",
      ]),
    placement: { settings in
      PlacementOptions(
        kind: .ring, hash: .murmur3, sizing: .perWeight(settings.integer("num_tokens")))
    })

  /// Envoy's ring hash balancer.
  static let envoyRingHash = ShardingPreset(
    tool: ToolPreset(
      id: "envoy-ring-hash", title: "Envoy, RingHashLbConfig",
      knobs: [
        Knob(
          "minimum_ring_size", .integer(1...8_388_608), standard: .integer(1_024),
          source: "envoyproxy/data-plane-api envoy/config/cluster/v3/cluster.proto",
          "The fewest tokens on the whole ring."),
        Knob(
          "maximum_ring_size", .integer(1...8_388_608), standard: .integer(8_388_608),
          source: "envoyproxy/data-plane-api envoy/config/cluster/v3/cluster.proto",
          "The most tokens on the whole ring."),
      ],
      leavesOut: [
        "Envoy balances requests over hosts and moves no data; here the keys move.",
        "hash_function is XX_HASH; MURMUR_HASH_2 is left out.",
      ]),
    placement: { settings in
      let minimum = settings.integer("minimum_ring_size")
      let maximum = max(minimum, settings.integer("maximum_ring_size"))
      return PlacementOptions(kind: .ring, sizing: .total(minimum: minimum, maximum: maximum))
    })

  /// Envoy's Maglev balancer.
  static let envoyMaglev = ShardingPreset(
    tool: ToolPreset(
      id: "envoy-maglev", title: "Envoy, MaglevLbConfig",
      knobs: [
        Knob(
          "table_size", .choice(["251", "1021", "4093", "16381", "65537", "655373", "5000011"]),
          standard: .word("65537"),
          source: "envoyproxy/data-plane-api envoy/config/cluster/v3/cluster.proto",
          "Entries of the lookup table, a prime of at most 5000011.")
      ],
      leavesOut: ["Envoy balances requests over hosts and moves no data; here the keys move."]),
    placement: { settings in
      PlacementOptions(kind: .maglev, tableSize: Int(settings.word("table_size")) ?? 65_537)
    })

  /// HAProxy: consistent hashing with an optional bound on each server's share.
  static let haproxy = ShardingPreset(
    tool: ToolPreset(
      id: "haproxy", title: "HAProxy, hash-type consistent",
      knobs: [
        Knob(
          "hash-balance-factor", .integer(0...65_535), standard: .integer(0),
          source: "haproxy/haproxy doc/configuration.txt; 0 is off, 125 to 200 is sensible",
          "The most load of a server in percent of the mean; 0 for no bound.")
      ],
      leavesOut: [
        "HAProxy bounds requests under way; here the bound is on the keys of a shard.",
        "Its own hash functions (sdbm, djb2, wt6, crc32) are replaced by xxHash64; 16 points for "
          + "a unit of weight are as in lb_chash.c.",
        "A factor from 1 to 100 counts as off.",
      ]),
    placement: { settings in
      let factor = settings.integer("hash-balance-factor")
      return PlacementOptions(
        kind: factor > 100 ? .bounded : .ring, sizing: .perWeight(16),
        balanceFactorPercent: max(101, factor))
    })

  /// Kafka's default partitioner.
  static let kafka = ShardingPreset(
    tool: ToolPreset(
      id: "kafka", title: "Apache Kafka, default partitioner of keyed records", knobs: [],
      leavesOut: [
        "Shards stand for partitions. Kafka does not move records when partitions are added: old "
          + "ones stay, new ones of the same key go elsewhere, and the order of a key is lost. The "
          + "share of keys that 'add' reports is the share of keys this happens to.",
        "Records without a key are not modelled.",
      ]),
    placement: { _ in PlacementOptions(kind: .modulo, hash: .murmur2) })

  /// MongoDB: ranges of the shard key.
  static let mongodb = ShardingPreset(
    tool: ToolPreset(
      id: "mongodb", title: "MongoDB 6.0 and later, ranged sharding",
      knobs: [
        Knob(
          "chunksize", .integer(1...1_024), standard: .integer(128),
          source: "MongoDB manual, Modify Range Size in a Sharded Cluster",
          "The size of a range in megabytes."),
        Knob(
          "document.size", .integer(1...16), standard: .integer(1),
          "The size of a document in megabytes: ours, so that ranges have a number of keys."),
      ],
      leavesOut: [
        "The balancer moves whole ranges until the shards have equally many; the real one goes by "
          + "the amount of data.",
        "Ranges do not split by themselves as they grow; 'split' does it by hand.",
      ]),
    placement: { settings in
      let size = settings.integer("document.size") * keyCount
      let count = (size + settings.integer("chunksize") - 1) / settings.integer("chunksize")
      return PlacementOptions(
        kind: .range,
        rangeStarts: RangePlacement.evenStarts(count: max(1, count), end: UInt64(keyCount)))
    })

  /// DynamoDB: hashed partition keys with a limit on each partition.
  static let dynamodb = ShardingPreset(
    tool: ToolPreset(
      id: "dynamodb", title: "Amazon DynamoDB, partitions",
      knobs: [
        Knob(
          "partition.read_units", .integer(1...1_000_000), standard: .integer(3_000),
          source: "DynamoDB Developer Guide, partition key design: 3,000 read units a second",
          "Reads of up to 4 KB that a partition takes each second; fixed by the service.")
      ],
      leavesOut: [
        "Burst capacity (up to 300 s of unused units) and adaptive capacity are left out: 'load' "
          + "counts the reads over the limit in one second. The limit of 1,000 write units is not modelled.",
        "How DynamoDB hashes and splits is not published; jump hash stands in for it.",
      ]),
    placement: { _ in PlacementOptions(kind: .jump) },
    readLimit: { $0.integer("partition.read_units") })
}
