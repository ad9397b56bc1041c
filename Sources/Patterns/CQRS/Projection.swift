import Kernel

/// What keeps a read model up to date: it reads the store's events in order, applies them to the
/// table and notes how far it has come.
///
///     catching up ──nothing left──▶ live ──reset──▶ catching up, from 0
///
/// The work is divided into segments, each with a checkpoint of its own: the position up to which
/// its events are in the table. **With effect and checkpoint in one transaction the table is what
/// the events up to the checkpoint add up to, whatever crashes.**
///
/// Source: github.com/AxonFramework/AxonFramework @8d5c40e09c
/// docs/reference-guide/modules/events/pages/event-processors/streaming.adoc
public struct Projection: Sendable, Equatable {
  /// One segment of the work.
  public struct Segment: Sendable, Hashable {
    /// The checkpoint: the position of the first event that is not done.
    public internal(set) var next = 0
    /// The position of the poison event it stands still at; nil while it goes on.
    public internal(set) var stoppedAt: Int?
  }

  /// Events that a segment took to work on.
  public struct Batch: Sendable, Hashable {
    /// The segment.
    public let segment: Int
    /// The events, in order.
    public let events: [EventStore<LedgerEvent>.Recorded]
    /// The checkpoint once they are done.
    public let end: Int
  }

  /// What applying a batch came to.
  public struct Report: Sendable, Hashable {
    /// Positions that were applied for the first time or again.
    public internal(set) var applied: [Int] = []
    /// Events that the table knew.
    public internal(set) var repeats = 0
    /// Events that were put aside or passed over.
    public internal(set) var setAside: [Int] = []
    /// The position of a poison event that stopped the segment.
    public internal(set) var stoppedAt: Int?

    /// A report of nothing.
    public init() {}
  }

  /// How it works.
  public let options: Options
  /// The table.
  public private(set) var table: ReadModel
  /// The segments.
  public private(set) var segments: [Segment]
  /// Streams whose events are put aside since one of them could not be read, with those events.
  public private(set) var parked: [String: [Int]] = [:]

  /// A projection that has seen nothing.
  public init(_ options: Options = Options()) {
    self.options = options
    table = ReadModel(options.rowGuard)
    segments = Array(repeating: Segment(), count: max(1, options.segments))
  }

  /// The segment that an event belongs to.
  public func segment(of stream: String, position: Int) -> Int {
    guard segments.count > 1 else { return 0 }
    if options.routing == .position { return position % segments.count }
    var digest = Digest()
    digest.fold(stream)
    return Int(digest.value % UInt64(segments.count))
  }

  /// The position below which every event is done: what a reader may rely on.
  public var checkpoint: Int { segments.map(\.next).min() ?? 0 }

  /// Whether every event up to `position` is in the table, as far as checkpoints tell.
  public func covers(_ position: Int) -> Bool {
    if options.shortcut == .waitsForFastest {
      return (segments.map(\.next).max() ?? 0) > position
    }
    return checkpoint > position
  }

  /// How many events are parked.
  public var parkedCount: Int { parked.values.reduce(0) { $0 + $1.count } }

  /// The next events of a segment; nil when there is nothing to do or it stands still.
  public func batch(
    _ segment: Int, from log: [EventStore<LedgerEvent>.Recorded]
  ) -> Batch? {
    guard segments[segment].stoppedAt == nil else { return nil }
    var place = segments[segment].next
    guard place < log.count else { return nil }
    var events: [EventStore<LedgerEvent>.Recorded] = []
    while place < log.count, events.count < options.batch {
      if self.segment(of: log[place].stream, position: place) == segment {
        events.append(log[place])
      }
      place += 1
    }
    return Batch(segment: segment, events: events, end: place)
  }

  /// Effect and checkpoint of a batch in one transaction.
  public mutating func commit(_ batch: Batch) -> Report {
    let report = apply(batch)
    store(batch, report)
    return report
  }

  /// The effect of a batch alone.
  public mutating func apply(_ batch: Batch) -> Report {
    var report = Report()
    for recorded in batch.events {
      let isPoison = !recorded.event.isReadable
      let isBehind = parked[recorded.stream] != nil && options.shortcut != .parksOneEvent
      if isPoison || isBehind {
        if options.errors == .stop {
          report.stoppedAt = recorded.position
          return report
        }
        report.setAside.append(recorded.position)
        if options.errors == .park {
          parked[recorded.stream, default: []].append(recorded.position)
        }
        continue
      }
      switch table.apply(recorded.event, version: recorded.version, to: recorded.stream) {
      case .applied: report.applied.append(recorded.position)
      case .waiting: report.applied.append(recorded.position)
      case .repeated: report.repeats += 1
      }
    }
    return report
  }

  /// The checkpoint of a batch alone; a stopped segment keeps its place before the poison.
  public mutating func store(_ batch: Batch, _ report: Report) {
    if let stop = report.stoppedAt {
      segments[batch.segment].next = max(segments[batch.segment].next, stop)
      segments[batch.segment].stoppedAt = stop
    } else {
      segments[batch.segment].next = max(segments[batch.segment].next, batch.end)
    }
  }

  /// Forgets everything: the table is empty and every segment begins at 0.
  public mutating func reset() { self = Projection(options) }
}
