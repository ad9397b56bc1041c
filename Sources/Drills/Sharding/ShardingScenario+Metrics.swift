import Kernel
import Patterns
import Simulation

extension ShardingScenario {
  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("p50", .seconds, "Half of the requests took no longer, as clients saw it."),
      Metric("p99", .seconds, "99 % of the requests took no longer, as clients saw it."),
      Metric(
        "p99_resharding", .seconds, "The same over the requests that ended while keys moved."),
      Metric(
        "p99_query", .seconds, "The same over the queries that look for a row by another attribute."
      ),
      Metric("goodput", .perSecond, "Requests answered rightly within the timeout, a second."),
      Metric("good_share", .fraction, "The share of requests answered within the timeout."),
      Metric("moved_fraction", .fraction, "The share of keys with another owner by the change."),
      Metric("move_time", .seconds, "How long the keys were on the move."),
      Metric("skew", .ratio, "Keys of the fullest shard over the mean, at the end."),
      Metric("load_skew", .ratio, "Requests served by the busiest shard over the mean."),
      Metric("write_skew", .ratio, "Writes served by the busiest shard over the mean."),
      Metric("wrong_shard_reads", .count, "Reads answered by a shard that did not own the key."),
      Metric("stale_reads", .count, "Reads of a copy that was behind an acknowledged write."),
      Metric("redirects", .count, "Answers MOVED or ASK."),
      Metric(
        "redirects_per_request", .ratio,
        "Redirections for each request that ended while keys moved."
      ),
      Metric("failed", .count, "Requests that failed, or took longer than the timeout."),
      Metric("lost_writes", .count, "Acknowledged writes that the owner has not seen, at the end."),
      Metric("lost_keys", .count, "Keys that their owner has no row of, at the end."),
      Metric("duplicated_keys", .count, "Rows on shards that do not own them, at the end."),
      Metric("cross_refused", .count, "Writes to two keys refused for lying on two shards."),
      Metric("partial_updates", .count, "Writes to two keys of which one was done."),
      Metric("fan_out", .ratio, "Shards that a request asked, on average."),
      Metric("hit_ratio", .fraction, "Reads that a cache shard answered by itself."),
      Metric("origin_peak", .perSecond, "Misses that went to the origin in the busiest second."),
    ]
  }
}

extension ShardingWorld {
  /// What was measured, once the run is over.
  mutating func outcome(at now: Instant) -> Outcome {
    for parcel in handedOver.indices { cleanUp(parcel) }
    let lostWrites =
      config.isCache
      ? 0 : (0..<store.keys.count).reduce(0) { $0 + store.lostWrites(of: $1) }
    let lostKeys = config.isCache ? 0 : (0..<store.keys.count).count(where: store.isLost)
    let duplicates =
      config.isCache || store.map.isMoving
      ? 0 : (0..<store.keys.count).reduce(0) { $0 + store.duplicates(of: $1) }
    if !config.isCache, let violation = store.violation() {
      tally.violate(violation.invariant, violation.witness, at: now)
    }
    return Outcome(
      measurements: measurements(
        lostWrites: lostWrites, lostKeys: lostKeys, duplicates: duplicates),
      series: tally.series, verdicts: verdicts(at: now), trace: environment.trace,
      duration: config.duration)
  }

  private func measurements(lostWrites: Int, lostKeys: Int, duplicates: Int) -> [Measurement] {
    let failed = tally.failed + tally.unanswered
    let moving = max(1, tally.finishedWhileMoving)
    let hasMoved = tally.moveBegan != nil
    let isMoved = hasMoved && !config.isCache
    let reads = tally.hits + tally.misses
    let moveTime = tally.moveBegan.map { ((tally.moveEnded ?? tally.end) - $0).seconds }
    return [
      Measurement("p50", tally.quantile(0.5), .seconds),
      Measurement("p99", tally.quantile(0.99), .seconds),
      Measurement("p99_resharding", tally.quantile(0.99, whileMoving: true), .seconds),
      Measurement("p99_query", tally.quantile(0.99, queriesOnly: true), .seconds),
      Measurement("goodput", Double(tally.good) / tally.measuredSeconds, .perSecond),
      Measurement(
        "good_share", tally.sent > 0 ? Double(tally.good) / Double(tally.sent) : nil, .fraction),
      Measurement(
        "moved_fraction", hasMoved ? Double(tally.moved) / Double(max(1, tally.movable)) : nil,
        .fraction),
      Measurement("move_time", isMoved ? moveTime : nil, .seconds),
      Measurement("skew", ShardBalance(ownedByMember()).skew, .ratio),
      Measurement(
        "load_skew", ShardBalance(members.map { Double(stations[$0.node.index].served) }).skew,
        .ratio),
      Measurement(
        "write_skew", ShardBalance(members.map { Double(stations[$0.node.index].writes) }).skew,
        .ratio),
      Measurement("wrong_shard_reads", Double(tally.wrongReads), .count),
      Measurement("stale_reads", Double(tally.staleReads), .count),
      Measurement("redirects", Double(tally.redirects), .count),
      Measurement(
        "redirects_per_request",
        isMoved ? Double(tally.redirectsWhileMoving) / Double(moving) : nil,
        .ratio),
      Measurement("failed", Double(failed), .count),
      Measurement("lost_writes", Double(lostWrites), .count),
      Measurement("lost_keys", Double(lostKeys), .count),
      Measurement("duplicated_keys", Double(duplicates), .count),
      Measurement("cross_refused", Double(tally.crossRefused), .count),
      Measurement("partial_updates", Double(tally.partialUpdates), .count),
      Measurement("fan_out", tally.meanFanOut, .ratio),
      Measurement(
        "hit_ratio", config.isCache && reads > 0 ? Double(tally.hits) / Double(reads) : nil,
        .fraction),
      Measurement("origin_peak", config.isCache ? tally.peakMisses : nil, .perSecond),
    ]
  }

  private func ownedByMember() -> [Double] {
    var counts = [Double](repeating: 0, count: store.roster.names.count)
    for number in 0..<store.keys.count { counts[store.owner(of: number).index] += 1 }
    return members.map { counts[$0.node.index] }
  }

  private func verdicts(at now: Instant) -> [InvariantVerdict] {
    ShardStore.invariants.map { invariant in
      if let broken = tally.violations.first(where: { $0.name == invariant.name }) {
        return InvariantVerdict(
          invariant.name, .violated(at: broken.at, witness: broken.witness))
      }
      if config.isCache {
        return InvariantVerdict(invariant.name, .unknown("a cache may lose rows"))
      }
      if invariant.name == "no duplicate", store.map.isMoving {
        return InvariantVerdict(invariant.name, .unknown("keys were still on the move at the end"))
      }
      return InvariantVerdict(invariant.name, .holds)
    }
  }
}
