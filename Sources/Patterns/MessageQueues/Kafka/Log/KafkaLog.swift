import Kernel

/// The log of one replica: batches in order of offset, and where each leader epoch began.
///
/// Offsets are never used twice and never change; retention moves the start, truncation the end, and
/// compaction leaves gaps. Source: apache/kafka, `UnifiedLog`, `LeaderEpochFileCache`.
public struct KafkaLog: Sendable, Hashable {
  /// Where a leader epoch began.
  public struct EpochStart: Sendable, Hashable {
    /// The epoch.
    public let epoch: Int
    /// The offset of its first record.
    public let offset: Int
  }

  /// The batches, in order of offset.
  public private(set) var batches: [KafkaBatch] = []
  /// The first offset that can be read.
  public private(set) var startOffset = 0
  /// The log end offset, LEO: the offset that the next record gets.
  public private(set) var endOffset = 0
  /// Where each leader epoch began, in order.
  public private(set) var epochs: [EpochStart] = []

  /// An empty log.
  public init() {}

  /// The epoch of the last batch; nil while there has been none.
  public var lastEpoch: Int? { epochs.last?.epoch }

  /// Appends a batch that a producer sent, as the leader of `epoch`; returns it with its offsets.
  @discardableResult
  public mutating func append(_ batch: KafkaBatch, epoch: Int) -> KafkaBatch {
    let placed = batch.placed(at: endOffset, epoch: epoch)
    take(placed)
    return placed
  }

  /// Takes in a batch with its offsets, as a follower does; it must not lie below the end.
  public mutating func take(_ batch: KafkaBatch) {
    precondition(
      batch.baseOffset >= endOffset, "batch \(batch.baseOffset) below the end, \(endOffset)")
    precondition(batch.leaderEpoch >= lastEpoch ?? 0, "leader epochs never go back in a log")
    if batch.leaderEpoch > lastEpoch ?? -1 {
      epochs.append(EpochStart(epoch: batch.leaderEpoch, offset: batch.baseOffset))
    }
    batches.append(batch)
    endOffset = batch.lastOffset + 1
  }

  /// The batches that hold offsets from `offset` on, below `limit`, at most `maximum` records unless
  /// the first batch has more.
  public func read(from offset: Int, below limit: Int, maximum: Int) -> [KafkaBatch] {
    var place = self.place(of: offset)
    var result: [KafkaBatch] = []
    var records = 0
    while place < batches.count, batches[place].lastOffset < limit {
      records += batches[place].count
      if !result.isEmpty, records > maximum { break }
      result.append(batches[place])
      place += 1
    }
    return result
  }

  /// The last batch that ends below `limit`; nil when there is none.
  public func batch(before limit: Int) -> KafkaBatch? {
    let place = self.place(of: limit)
    return place > 0 ? batches[place - 1] : nil
  }

  /// The index of the first batch that ends at `offset` or after it.
  public func place(of offset: Int) -> Int {
    var low = 0
    var high = batches.count
    while low < high {
      let middle = (low + high) / 2
      if batches[middle].lastOffset < offset { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// The largest epoch up to `epoch` that the log knows and the offset at which it ends; nil when it
  /// knows none.
  public func end(ofEpoch epoch: Int) -> (epoch: Int, offset: Int)? {
    guard let place = epochs.lastIndex(where: { $0.epoch <= epoch }) else { return nil }
    let next = place + 1
    return (epochs[place].epoch, next < epochs.count ? epochs[next].offset : endOffset)
  }

  /// The epoch of the record before `offset`; nil at the start of the log.
  public func epoch(before offset: Int) -> Int? {
    epochs.last { $0.offset < offset }?.epoch
  }

  /// Throws away everything from `offset` on; a batch that holds it goes as a whole.
  public mutating func truncate(to offset: Int) {
    guard offset < endOffset else { return }
    let place = self.place(of: offset)
    let end = place < batches.count ? min(offset, batches[place].baseOffset) : offset
    batches.removeSubrange(place...)
    endOffset = max(end, startOffset)
    epochs.removeAll { $0.offset >= endOffset }
  }

  /// Forgets what lies before `offset`, as retention does; a batch that holds it stays.
  public mutating func deleteBefore(_ offset: Int) {
    guard offset > startOffset else { return }
    batches.removeSubrange(..<place(of: offset))
    startOffset = min(offset, endOffset)
  }

  /// Puts a log into this one's place that is empty and begins at `offset`: a follower that has
  /// fallen behind its leader's retention begins anew.
  public mutating func restart(at offset: Int) {
    batches = []
    epochs = []
    startOffset = offset
    endOffset = offset
  }

  /// Puts cleaned batches into the place of the first `count`.
  mutating func replaceFirst(_ count: Int, with cleaned: [KafkaBatch]) {
    batches.replaceSubrange(..<count, with: cleaned)
  }
}
