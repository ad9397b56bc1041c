/// What a partition remembers of one idempotent producer: its epoch and its last five batches.
///
/// Sources: apache/kafka, `ProducerStateEntry` (five batches), `ProducerAppendInfo.checkSequence`.
public struct KafkaProducerState: Sendable, Hashable {
  /// What a leader does with a batch.
  public enum Check: Sendable, Hashable {
    /// It is the next one: append it.
    case next
    /// It is one of the last five: acknowledge it with the offsets it has, append nothing.
    case duplicate(baseOffset: Int)
    /// It leaves a gap, or repeats something older: refuse it.
    case outOfOrder
    /// A newer epoch of the producer is known: refuse it.
    case fenced
  }

  /// A batch that was appended.
  public struct Entry: Sendable, Hashable {
    /// The first sequence number.
    public let first: Int
    /// The last sequence number.
    public let last: Int
    /// The offset of the first record.
    public let baseOffset: Int
  }

  /// The newest epoch seen.
  public private(set) var epoch: Int
  /// The last batches, at most five, oldest first.
  public private(set) var entries: [Entry] = []
  /// The first offset of the transaction that is open; nil when none is.
  public private(set) var transactionStart: Int?

  /// How many batches are remembered.
  public static let remembered = 5

  /// A producer of which nothing was appended.
  public init(epoch: Int) { self.epoch = epoch }

  /// The sequence number that comes next.
  public var next: Int { (entries.last?.last ?? -1) + 1 }

  /// Judges a batch with this stamp and so many records.
  ///
  /// `state` is nil for an unknown producer,
  /// whose first batch may have any sequence number.
  public static func check(
    _ stamp: KafkaProducerStamp, count: Int, against state: KafkaProducerState?
  ) -> Check {
    guard let state else { return .next }
    if stamp.epoch < state.epoch { return .fenced }
    if stamp.epoch > state.epoch { return stamp.sequence == 0 ? .next : .outOfOrder }
    let last = stamp.sequence + count - 1
    if let known = state.entries.first(where: { $0.first == stamp.sequence && $0.last == last }) {
      return .duplicate(baseOffset: known.baseOffset)
    }
    return stamp.sequence == state.next ? .next : .outOfOrder
  }

  /// Takes in a batch of the log, in order.
  public mutating func take(_ batch: KafkaBatch) {
    guard let stamp = batch.producer else { return }
    if stamp.epoch > epoch {
      epoch = stamp.epoch
      entries = []
    }
    if batch.marker != nil {
      transactionStart = nil
      return
    }
    if batch.isTransactional, transactionStart == nil { transactionStart = batch.baseOffset }
    entries.append(
      Entry(
        first: stamp.sequence, last: stamp.sequence + batch.count - 1,
        baseOffset: batch.baseOffset))
    if entries.count > Self.remembered { entries.removeFirst() }
  }
}

/// The producers of one log, rebuilt from it whenever it was cut.
public struct KafkaProducers: Sendable, Hashable {
  /// What is known, by producer id; never iterated over to decide something.
  private var states: [Int: KafkaProducerState] = [:]
  /// Transactions that were aborted: whose, from which offset to which.
  public private(set) var aborted: [KafkaAbortedTransaction] = []
  /// Producers with an open transaction, in the order they opened it.
  private var open: [Int] = []

  /// Nobody has written anything.
  public init() {}

  /// The producers of `log`.
  public init(_ log: KafkaLog) {
    for batch in log.batches { take(batch) }
  }

  /// What is known of the producer `id`.
  public subscript(id: Int) -> KafkaProducerState? { states[id] }

  /// The first offset of the oldest transaction that is open; nil when none is.
  public var firstOpenOffset: Int? { open.first.flatMap { states[$0]?.transactionStart } }

  /// Takes in a batch of the log, in order.
  public mutating func take(_ batch: KafkaBatch) {
    guard let stamp = batch.producer else { return }
    var state = states[stamp.id] ?? KafkaProducerState(epoch: stamp.epoch)
    let before = state.transactionStart
    state.take(batch)
    states[stamp.id] = state
    if before == nil, state.transactionStart != nil { open.append(stamp.id) }
    guard let before, let marker = batch.marker else { return }
    open.removeAll { $0 == stamp.id }
    if marker == .abort {
      aborted.append(
        KafkaAbortedTransaction(
          producer: stamp.id, firstOffset: before, lastOffset: batch.lastOffset))
    }
  }
}

/// A transaction whose records do not count.
public struct KafkaAbortedTransaction: Sendable, Hashable {
  /// The producer id.
  public let producer: Int
  /// The offset of its first record in the partition.
  public let firstOffset: Int
  /// The offset of its abort marker.
  public let lastOffset: Int
}
