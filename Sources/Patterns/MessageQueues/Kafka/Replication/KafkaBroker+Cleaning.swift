import Kernel

extension KafkaBroker {
  /// Deletes old segments, or cleans them by key; every replica does so for itself.
  mutating func clean(_ partition: Int, at now: Instant, _ outputs: inout [Output]) {
    let watermark = replicas[partition].highWatermark
    guard options.cleaning.compacts else {
      let before = replicas[partition].log.startOffset
      let start = replicas[partition].log.retainedFrom(
        options.cleaning, highWatermark: watermark, at: now)
      guard start > before else { return }
      replicas[partition].log.deleteBefore(start)
      outputs.append(.persist(.deleteBefore(partition: partition, start)))
      outputs.append(.deletes(partition: partition, before: start, count: start - before))
      return
    }
    guard
      replicas[partition].log.isCleanable(
        options.cleaning, highWatermark: watermark, cleanedTo: replicas[partition].cleanedTo)
    else { return }
    let before = count(partition)
    var horizons = replicas[partition].horizons
    replicas[partition].log.compact(
      options.cleaning, highWatermark: watermark, horizons: &horizons, at: now)
    replicas[partition].horizons = horizons
    replicas[partition].cleanedTo = min(
      replicas[partition].log.activeSegmentStart(options.cleaning), watermark)
    let after = count(partition)
    guard after.records != before.records else { return }
    outputs.append(.persist(.compacted(partition: partition, replicas[partition].log)))
    outputs.append(
      .compacts(
        partition: partition, from: before.records, to: after.records,
        tombstones: before.tombstones - after.tombstones))
  }

  private func count(_ partition: Int) -> (records: Int, tombstones: Int) {
    var records = 0
    var tombstones = 0
    for batch in replicas[partition].log.batches {
      records += batch.records.count
      tombstones += batch.records.count { $0.value == nil }
    }
    return (records, tombstones)
  }
}
