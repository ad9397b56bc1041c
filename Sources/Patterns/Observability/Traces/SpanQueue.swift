import Kernel

/// The queue between a process and the collector of its spans: what does not fit is dropped, and
/// counted.
public struct SpanQueue: Sendable, Equatable {
  /// When spans are sent on, and how many are kept meanwhile.
  public struct Options: Sendable, Hashable {
    /// The most spans kept.
    public var capacity = 2_048
    /// The most spans sent at once; so many waiting are sent without delay.
    public var batch = 512
    /// The time between two batches that are not full.
    public var delay: TimeSpan = .seconds(5)

    /// The defaults of OpenTelemetry's batch span processor.
    public init() {}
  }

  /// When spans are sent on.
  public let options: Options
  private var waiting: [TraceSpan] = []
  private var sentAt: Instant
  /// Spans that did not fit.
  public private(set) var droppedCount = 0

  /// An empty queue whose time between batches begins at `start`: processes are not in step.
  public init(_ options: Options = Options(), start: Instant = .zero) {
    self.options = options
    sentAt = start
  }

  /// Spans that wait.
  public var count: Int { waiting.count }

  /// Takes in a span; false when there is no room.
  @discardableResult
  public mutating func add(_ span: TraceSpan) -> Bool {
    guard waiting.count < options.capacity else {
      droppedCount += 1
      return false
    }
    waiting.append(span)
    return true
  }

  /// Whether a batch is due.
  public func isDue(at now: Instant) -> Bool {
    waiting.count >= options.batch || !waiting.isEmpty && now - sentAt >= options.delay
  }

  /// Takes out the batch that is to be sent, oldest first.
  public mutating func take(at now: Instant) -> [TraceSpan] {
    let batch = Array(waiting.prefix(options.batch))
    waiting.removeFirst(batch.count)
    sentAt = now
    return batch
  }
}
