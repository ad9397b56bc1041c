import Kernel

/// What a run of the log broker measures beyond what became of its records.
struct LogMeters: Sendable {
  var partitions = 0
  var rebalances = 0
  var tooFewReplicas = 0
  var uncleanElections = 0
  var fenced = 0
  var ghosts = 0
  var resets = 0
  var aborted = 0
  /// How many consumers believe to read each partition.
  private(set) var owned: [Int] = []
  private var owners: [NodeID: [Int]] = [:]
  private var counts: [Int] = []
  private(set) var ownerlessTenths = 0
  private(set) var worst = 0

  static let metrics: [Metric] = [
    Metric("rebalances", .count, "Times the group began a rebalance."),
    Metric(
      "stopped_time", .seconds,
      "Partition-seconds in which a partition had no consumer, over all partitions."),
    Metric(
      "partition_skew", .ratio, "Records of the fullest partition over the mean of all."),
    Metric("not_enough_replicas", .count, "Sends refused for too few in-sync replicas."),
    Metric("unclean_elections", .count, "Elections of a leader that was out of sync."),
    Metric("ghost_keys", .count, "Keys that were deleted and that the readers still have."),
    Metric("resets", .count, "Times a consumer asked for an offset that the log does not have."),
    Metric("fenced", .count, "Times a worker was told that its producer epoch is an old one."),
    Metric("aborted_transactions", .count, "Transactions that their coordinator aborted."),
  ]

  var measurements: [Measurement] {
    let total = counts.reduce(0, +)
    let mean = Double(total) / Double(max(1, partitions))
    return [
      Measurement("rebalances", Double(rebalances), .count),
      Measurement("stopped_time", Double(ownerlessTenths) / 10, .seconds),
      Measurement(
        "partition_skew", total == 0 ? nil : Double(counts.max() ?? 0) / mean, .ratio),
      Measurement("not_enough_replicas", Double(tooFewReplicas), .count),
      Measurement("unclean_elections", Double(uncleanElections), .count),
      Measurement("ghost_keys", Double(ghosts), .count),
      Measurement("resets", Double(resets), .count),
      Measurement("fenced", Double(fenced), .count),
      Measurement("aborted_transactions", Double(aborted), .count),
    ]
  }

  mutating func count(partition: Int) {
    if counts.isEmpty { counts = Array(repeating: 0, count: partitions) }
    counts[partition] += 1
  }

  mutating func assign(_ partitions: [Int], to node: NodeID) {
    owners[node] = partitions
    settle()
  }

  mutating func revoke(_ partitions: [Int], from node: NodeID) {
    owners[node]?.removeAll { partitions.contains($0) }
    settle()
  }

  /// A consumer died: it reads nothing.
  mutating func forget(_ node: NodeID) {
    owners[node] = nil
    settle()
  }

  private mutating func settle() {
    owned = Array(repeating: 0, count: partitions)
    // The order of the owners does not matter for a count.
    for list in owners.values { for partition in list { owned[partition] += 1 } }
  }

  mutating func sample(ownerless: Int) {
    ownerlessTenths += ownerless
    worst = max(worst, ownerless)
  }
}
