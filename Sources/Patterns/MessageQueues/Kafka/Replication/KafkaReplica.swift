import Kernel

/// One broker's copy of one partition.
public struct KafkaReplica: Sendable, Hashable {
  /// What a leader knows of a follower.
  struct Follower: Sendable, Hashable {
    let node: NodeID
    /// Its log end, as its last fetch told.
    var endOffset = 0
    /// When it had last caught up with the leader's log end.
    var caughtUpAt: Instant
    /// The number of its newest fetch.
    var fetchNumber = 0
    /// A fetch that waits for something to come.
    var waitingFetch: (offset: Int, until: Instant)?

    static func == (left: Follower, right: Follower) -> Bool {
      left.node == right.node && left.endOffset == right.endOffset
        && left.caughtUpAt == right.caughtUpAt
        && left.waitingFetch?.offset == right.waitingFetch?.offset
        && left.waitingFetch?.until == right.waitingFetch?.until
    }

    func hash(into hasher: inout Hasher) {
      hasher.combine(node)
      hasher.combine(endOffset)
    }
  }

  /// A producer that waits for the in-sync replicas.
  struct Waiting: Sendable, Hashable {
    let endOffset: Int
    let baseOffset: Int
    let number: Int
    let client: NodeID
  }

  /// The end of a transaction that is in the log, but not yet committed.
  struct WaitingMarker: Sendable, Hashable {
    let endOffset: Int
    let producer: Int
    let epoch: Int
    let coordinator: NodeID
  }

  /// The partition.
  public let partition: Int
  /// The log.
  public internal(set) var log: KafkaLog
  /// What is known of the producers that wrote to it.
  public internal(set) var producers: KafkaProducers
  /// Below it records are committed, and consumers may read them.
  public internal(set) var highWatermark: Int
  /// Who leads.
  public internal(set) var leadership: KafkaLeadership?
  /// Up to where the log was cleaned by key.
  var cleanedTo = 0
  /// Until when tombstones that were cleaned stay, by offset; never iterated over.
  var horizons: [Int: Instant] = [:]
  /// Where this leader's reign began: its log end at that time.
  ///
  /// It may all be committed, although its high watermark lags behind.
  var reignStart = 0
  /// The change of the ISR that the controller was asked for, by version.
  var askedVersion: Int?
  /// When it was asked; the question or the answer may be lost.
  var askedAt: Instant = .zero
  /// The ISR that the controller was asked for.
  ///
  /// It may already be in force there, so its members count before the answer comes (KIP-497).
  var askedISR: [NodeID] = []
  /// Ends of transactions that wait for the in-sync replicas: producer, epoch, and who asked.
  var waitingMarkers: [WaitingMarker] = []
  var followers: [Follower] = []
  var waiting: [Waiting] = []
  /// When the last fetch was sent, as a follower.
  var fetchedAt: Instant?
  /// The number of the last fetch.
  var fetchNumber: Int

  init(partition: Int, log: KafkaLog, highWatermark: Int, incarnation: Int) {
    self.partition = partition
    // Numbers grow from one life to the next.
    fetchNumber = incarnation * 1_000_000_000
    self.log = log
    producers = KafkaProducers(log)
    self.highWatermark = min(highWatermark, log.endOffset)
  }

  /// The last stable offset: below it no transaction is open.
  public var lastStableOffset: Int {
    min(highWatermark, producers.firstOpenOffset ?? highWatermark)
  }

  /// Who counts for the high watermark: the ISR, and whom the controller was asked to add to it.
  public var countedISR: [NodeID] {
    guard let leadership else { return [] }
    guard askedVersion == leadership.version else { return leadership.isr }
    return leadership.isr + askedISR.filter { !leadership.isr.contains($0) }
  }

  /// Moves the high watermark to what every in-sync replica has.
  mutating func advance(me: NodeID, shortcuts: Set<KafkaShortcut>) {
    guard leadership != nil else { return }
    var reached = log.endOffset
    if !shortcuts.contains(.watermarkAheadOfISR) {
      let counted = countedISR
      for follower in followers where counted.contains(follower.node) {
        reached = min(reached, follower.endOffset)
      }
    }
    highWatermark = max(highWatermark, min(reached, log.endOffset))
  }

  mutating func truncate(to offset: Int) {
    log.truncate(to: offset)
    producers = KafkaProducers(log)
    highWatermark = min(highWatermark, log.endOffset)
  }

  mutating func take(_ batch: KafkaBatch) {
    log.take(batch)
    producers.take(batch)
  }
}
