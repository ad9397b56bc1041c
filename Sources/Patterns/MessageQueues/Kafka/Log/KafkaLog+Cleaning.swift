import Kernel
import OrderedCollections

/// What becomes of old records (`cleanup.policy`).
public struct KafkaCleaningOptions: Sendable, Hashable {
  /// Whether old segments are deleted (`delete`) or cleaned by key (`compact`).
  public var compacts: Bool
  /// How many records a segment takes before the next one is begun; stands for `segment.bytes`.
  public var segmentRecords: Int
  /// `retention.ms`: how long a segment is kept after its newest record; nil keeps it for ever.
  public var retention: TimeSpan?
  /// `retention.bytes`, by partition: beyond it the oldest segments go; nil keeps all.
  public var retentionBytes: Int?
  /// `min.cleanable.dirty.ratio`: the share of records not yet cleaned from which on it cleans.
  public var minCleanableRatio: Double
  /// `delete.retention.ms`: how long a tombstone stays after it was cleaned for the first time.
  public var deleteRetention: TimeSpan

  /// Kafka's defaults (apache/kafka, `LogConfig`), but for segments, which are counted in records.
  public init(
    compacts: Bool = false, segmentRecords: Int = 1_000, retention: TimeSpan? = .hours(168),
    retentionBytes: Int? = nil, minCleanableRatio: Double = 0.5,
    deleteRetention: TimeSpan = .hours(24)
  ) {
    precondition(segmentRecords > 0, "a segment holds at least one record")
    self.compacts = compacts
    self.segmentRecords = segmentRecords
    self.retention = retention
    self.retentionBytes = retentionBytes
    self.minCleanableRatio = minCleanableRatio
    self.deleteRetention = deleteRetention
  }

  /// What a record counts for in `retention.bytes`.
  public static let recordBytes = 1_024
}

extension KafkaLog {
  /// The offset at which the active segment begins: it is neither deleted nor cleaned.
  ///
  /// Segments are cut at fixed offsets, so that all replicas cut alike.
  public func activeSegmentStart(_ options: KafkaCleaningOptions) -> Int {
    guard endOffset > 0 else { return 0 }
    let size = options.segmentRecords
    return (endOffset - 1) / size * size
  }

  /// The offset that retention may delete up to: whole segments whose newest record is too old,
  /// below the high watermark.
  public func retainedFrom(
    _ options: KafkaCleaningOptions, highWatermark: Int, at now: Instant
  ) -> Int {
    let limit = min(activeSegmentStart(options), highWatermark)
    var start = startOffset
    while start < limit {
      let end = min(limit, (start / options.segmentRecords + 1) * options.segmentRecords)
      let newest = read(from: start, below: end, maximum: .max).map(\.timestamp).max()
      let isOld = options.retention.map { now - (newest ?? .zero) > $0 } ?? false
      let rest = (endOffset - end) * KafkaCleaningOptions.recordBytes
      guard isOld || rest >= options.retentionBytes ?? .max else { break }
      start = end
    }
    return start
  }

  /// Cleans what lies below the active segment and the high watermark: of each key only the last
  /// record stays, and a tombstone goes once it has been clean for `delete.retention.ms`.
  ///
  /// Survivors keep offsets and order. Source: apache/kafka, `Cleaner.cleanInto`,
  /// `shouldRetainRecord`; a tombstone's horizon is set when it is cleaned for the first time.
  public mutating func compact(
    _ options: KafkaCleaningOptions, highWatermark: Int, horizons: inout [Int: Instant],
    at now: Instant
  ) {
    let limit = min(activeSegmentStart(options), highWatermark)
    let count = batches.prefix { $0.lastOffset < limit }.count
    var newest: [String: Int] = [:]
    for batch in batches[..<count] {
      for record in batch.records { if let key = record.key { newest[key] = record.offset } }
    }
    var cleaned: [KafkaBatch] = []
    for var batch in batches[..<count] {
      batch.records.removeAll { record in
        guard let key = record.key, newest[key] == record.offset else { return true }
        guard record.value == nil else { return false }
        if let horizon = horizons[record.offset] { return now >= horizon }
        horizons[record.offset] = now + options.deleteRetention
        return false
      }
      if !batch.records.isEmpty || batch.marker != nil { cleaned.append(batch) }
    }
    replaceFirst(count, with: cleaned)
  }

  /// Whether so much has come since it was cleaned up to `cleanedTo` that cleaning is due.
  public func isCleanable(
    _ options: KafkaCleaningOptions, highWatermark: Int, cleanedTo: Int
  ) -> Bool {
    let limit = min(activeSegmentStart(options), highWatermark)
    var total = 0
    var dirty = 0
    for batch in batches where batch.lastOffset < limit {
      total += batch.records.count
      if batch.baseOffset >= cleanedTo { dirty += batch.records.count }
    }
    return dirty > 0 && Double(dirty) >= options.minCleanableRatio * Double(total)
  }

  /// The last value of each key, tombstones left out, in the order of their offsets.
  public var table: OrderedDictionary<String, String> {
    var table: OrderedDictionary<String, String> = [:]
    for record in batches.flatMap(\.records) {
      guard let key = record.key else { continue }
      table.removeValue(forKey: key)
      if let value = record.value { table[key] = value }
    }
    return table
  }
}
