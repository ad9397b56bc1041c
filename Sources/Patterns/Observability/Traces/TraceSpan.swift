import Kernel

/// One piece of work in a trace: who did it, for whom, when.
public struct TraceSpan: Sendable, Hashable {
  /// The trace.
  public let traceID: String
  /// The span itself.
  public let id: String
  /// The span that caused it; nil for the first of a trace.
  public let parent: String?
  /// Who did it.
  public let service: String
  /// When it began.
  public let start: Instant
  /// How long it took.
  public let length: TimeSpan
  /// Whether it failed.
  public let isFailed: Bool

  /// A span.
  public init(
    traceID: String, id: String, parent: String?, service: String, start: Instant,
    length: TimeSpan, isFailed: Bool
  ) {
    self.traceID = traceID
    self.id = id
    self.parent = parent
    self.service = service
    self.start = start
    self.length = length
    self.isFailed = isFailed
  }
}

/// Decides at the beginning of a trace whether it is recorded.
///
/// `ratio` looks at the trace id only, so every service that asks decides the same.
public enum HeadSampler: Sendable, Hashable {
  /// Every trace.
  case always
  /// None.
  case never
  /// This share of all traces, by their ids.
  case ratio(Double)

  /// Whether the trace `traceID` is recorded.
  public func takes(_ traceID: String) -> Bool {
    switch self {
    case .always: return true
    case .never: return false
    case .ratio(let share):
      // The last eight bytes of the id are random, also in ids of older kinds.
      guard let value = UInt64(traceID.suffix(16), radix: 16) else { return false }
      return Double(value >> 1) < share * 0x1p63
    }
  }
}

/// Decides about whole traces, after their spans had time to come in.
public struct TailSampler: Sendable, Equatable {
  /// What is kept.
  public struct Policy: Sendable, Hashable {
    /// How long spans are waited for after the first of a trace.
    public var decisionWait: TimeSpan = .seconds(10)
    /// Whether traces with a failed span are kept.
    public var keepsFailed = true
    /// Traces with a span at least this long are kept.
    public var slowerThan: TimeSpan?
    /// The share of the others that is kept.
    public var share = 0.01
    /// The most traces waited for; the oldest is given up when another comes.
    public var maxTraces = 50_000

    /// The usual policy.
    public init() {}
  }

  /// What became of a trace.
  public enum Decision: Sendable, Hashable {
    /// It is kept, all of it.
    case keep([TraceSpan])
    /// It is not.
    case drop(spans: Int)
    /// There was no room to wait for it.
    case crowdedOut(spans: Int)
  }

  /// What is kept.
  public let policy: Policy
  private var waiting: [(traceID: String, since: Instant, spans: [TraceSpan])] = []
  private var head = 0
  private var places: [String: Int] = [:]
  private var base = 0
  /// Spans of traces that were decided about already.
  public private(set) var lateSpans = 0
  private var decided: Set<String> = []

  /// A sampler that has seen nothing.
  public init(_ policy: Policy = Policy()) { self.policy = policy }

  /// Whether two samplers have the same policy and wait for the same traces.
  public static func == (left: TailSampler, right: TailSampler) -> Bool {
    left.policy == right.policy && left.lateSpans == right.lateSpans
      && left.waiting[left.head...].map(\.spans) == right.waiting[right.head...].map(\.spans)
  }

  /// Traces waited for.
  public var waitingCount: Int { waiting.count - head }

  /// Takes in a span; returns what became of a trace that had to make room.
  public mutating func add(_ span: TraceSpan, at now: Instant) -> Decision? {
    if decided.contains(span.traceID) {
      lateSpans += 1
      return nil
    }
    if let place = places[span.traceID] {
      waiting[place - base].spans.append(span)
      return nil
    }
    var given: Decision?
    if waitingCount >= policy.maxTraces, waitingCount > 0 {
      given = .crowdedOut(spans: takeFirst().spans.count)
    }
    places[span.traceID] = base + waiting.count
    waiting.append((span.traceID, now, [span]))
    return given
  }

  private mutating func takeFirst() -> (traceID: String, spans: [TraceSpan]) {
    let first = waiting[head]
    head += 1
    places[first.traceID] = nil
    decided.insert(first.traceID)
    if head > 1_024, head * 2 > waiting.count {
      waiting.removeFirst(head)
      base += head
      head = 0
    }
    return (first.traceID, first.spans)
  }

  /// Decides about every trace whose time has come.
  public mutating func decide(at now: Instant) -> [Decision] {
    var decisions: [Decision] = []
    while head < waiting.count, waiting[head].since + policy.decisionWait <= now {
      let (traceID, spans) = takeFirst()
      let isFailed = policy.keepsFailed && spans.contains(where: \.isFailed)
      let isSlow = policy.slowerThan.map { bound in spans.contains { $0.length >= bound } } ?? false
      let isKept = isFailed || isSlow || HeadSampler.ratio(policy.share).takes(traceID)
      decisions.append(isKept ? .keep(spans) : .drop(spans: spans.count))
    }
    return decisions
  }
}
