/// What clients saw: the operations they began and how each ended, in order, for checkers.
///
/// A process (a client) has at most one operation open at a time. An operation ends `ok` (it took
/// effect and this is the result), `failed` (it certainly took no effect) or `unknown` (it may have
/// taken effect, now or later; a timeout). A process whose operation ended unknown never acts
/// again: a client goes on under a new process. The record is bounded: when it is full it closes,
/// and what is kept is what was seen up to that instant, a true prefix, so that a checker's verdict
/// stays sound.
///
/// Source: the history format of Jepsen (`:invoke`, `:ok`, `:fail`, `:info`), and Maelstrom's
/// table of definite and indefinite errors.
public struct History<Operation: Sendable & Hashable>: Sendable, Hashable {
  /// How an event stands in its operation.
  public enum Phase: String, Sendable, Hashable {
    /// The client began the operation.
    case invoked
    /// The operation took effect.
    case ok
    /// The operation took no effect.
    case failed
    /// Nobody knows whether it took or will take effect.
    case unknown
  }

  /// One beginning or end.
  public struct Event: Sendable, Hashable {
    /// The client.
    public let process: Int
    /// Whether it began or how it ended.
    public let phase: Phase
    /// The operation; at an `ok` end with its result.
    public let operation: Operation
    /// When.
    public let at: Instant
  }

  /// The most events kept.
  public let capacity: Int
  /// The events, in order of time.
  public private(set) var events: [Event] = []
  /// When the record was full and closed, or nil.
  public private(set) var closedAt: Instant?
  private var states: [Int: ProcessState] = [:]

  enum ProcessState: Hashable {
    case busy
    case idle
    case gone
  }

  /// An empty history that keeps up to `capacity` events.
  public init(capacity: Int = 1_000_000) { self.capacity = capacity }

  /// Records that `process`, which must be idle, begins `operation`.
  public mutating func invoke(_ process: Int, _ operation: Operation, at now: Instant) {
    precondition(states[process, default: .idle] == .idle, "process \(process) is busy or gone")
    states[process] = .busy
    record(Event(process: process, phase: .invoked, operation: operation, at: now))
  }

  /// Records that the open operation of `process` took effect; `operation` carries the result.
  public mutating func succeed(_ process: Int, _ operation: Operation, at now: Instant) {
    end(process, .ok, operation, at: now)
  }

  /// Records that the open operation of `process` certainly took no effect.
  public mutating func fail(_ process: Int, _ operation: Operation, at now: Instant) {
    end(process, .failed, operation, at: now)
  }

  /// Records that nobody knows what becomes of the open operation of `process`, which never acts
  /// again.
  public mutating func lose(_ process: Int, _ operation: Operation, at now: Instant) {
    end(process, .unknown, operation, at: now)
  }

  /// Whether `process` may begin an operation.
  public func isIdle(_ process: Int) -> Bool { states[process, default: .idle] == .idle }

  private mutating func end(
    _ process: Int, _ phase: Phase, _ operation: Operation, at now: Instant
  ) {
    precondition(states[process] == .busy, "process \(process) has no open operation")
    states[process] = phase == .unknown ? .gone : .idle
    record(Event(process: process, phase: phase, operation: operation, at: now))
  }

  private mutating func record(_ event: Event) {
    precondition(event.at >= events.last?.at ?? .zero, "events must come in order of time")
    guard closedAt == nil else { return }
    if events.count < capacity {
      events.append(event)
    } else {
      closedAt = event.at
    }
  }
}
