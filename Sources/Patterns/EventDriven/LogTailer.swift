import Kernel

/// A relay that reads the database's log instead of asking its outbox table: change data capture.
///
/// It reads on from its position in the order of commits, gives each event to the broker, and
/// stores now and then how far it has come. **Nothing is passed over, and what came after the
/// stored position is published again by the next life**: at least once, as with a table.
///
/// Source: Kafka Connect stores the positions of its source connectors every
/// offset.flush.interval.ms; Debezium reads on from the stored one after a restart.
public struct LogTailer: Sendable, Hashable {
  /// How it is set up.
  public struct Options: Sendable, Hashable {
    /// The most events it reads at once.
    public var batchSize: Int
    /// How often it stores its position.
    public var flushInterval: TimeSpan

    /// Options.
    public init(batchSize: Int, flushInterval: TimeSpan) {
      self.batchSize = batchSize
      self.flushInterval = flushInterval
    }
  }

  /// The options.
  public let options: Options
  /// How many events of the log have been read.
  public private(set) var read = 0
  /// How many of them, from the first, the broker has acknowledged.
  public private(set) var acknowledged = 0
  /// The position that outlives the process.
  public private(set) var stored = 0
  private var due: Instant

  /// A tailer that begins at the first event.
  public init(_ options: Options, at now: Instant) {
    self.options = options
    due = now + options.flushInterval
  }

  /// The next events of the log, in the order of commits.
  public mutating func next(of database: ServiceDatabase) -> [ServiceDatabase.OutboxRow] {
    let rows = database.log(after: read, limit: options.batchSize)
    read += rows.count
    return rows
  }

  /// The broker has one event more.
  public mutating func acknowledge() { acknowledged = min(acknowledged + 1, read) }

  /// Stores the position if it is time to; returns whether it did.
  @discardableResult
  public mutating func flush(at now: Instant) -> Bool {
    guard now >= due else { return false }
    due = now + options.flushInterval
    stored = acknowledged
    return true
  }

  /// The next life: it knows the stored position and nothing else.
  public mutating func restart(at now: Instant) {
    read = stored
    acknowledged = stored
    due = now + options.flushInterval
  }

  /// Finds the first invariant that does not hold: what is stored was acknowledged, what is
  /// acknowledged was read.
  public func checkInvariants() -> InvariantViolation? {
    guard stored <= acknowledged, acknowledged <= read else {
      return InvariantViolation(
        "stored, acknowledged, read",
        witness: "stored \(stored), acknowledged \(acknowledged), read \(read)")
    }
    return nil
  }
}
