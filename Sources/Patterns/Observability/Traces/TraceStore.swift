import Kernel
import OrderedCollections

/// Spans by trace, searchable by service, length and failure.
public struct TraceStore: Sendable, Equatable {
  /// What is asked.
  public struct Query: Sendable, Hashable {
    /// A service that took part.
    public var service: String?
    /// The least length of the whole trace.
    public var atLeast: TimeSpan = .zero
    /// Whether only traces with a failed span are meant.
    public var isFailed = false

    /// Everything.
    public init() {}
  }

  private var traces: OrderedDictionary<String, [TraceSpan]> = [:]
  /// Spans stored.
  public private(set) var spanCount = 0

  /// An empty store.
  public init() {}

  /// Traces stored.
  public var count: Int { traces.count }

  /// Stores a span.
  public mutating func add(_ span: TraceSpan) {
    traces[span.traceID, default: []].append(span)
    spanCount += 1
  }

  /// The spans of a trace, in the order in which they came.
  public func spans(_ traceID: String) -> [TraceSpan] { traces[traceID] ?? [] }

  /// The ids of all traces, in the order in which they came.
  public var ids: [String] { Array(traces.keys) }

  /// Spans whose parent should be there and is not.
  public func orphans(_ traceID: String) -> [TraceSpan] {
    let spans = spans(traceID)
    let ids = Set(spans.map(\.id))
    return spans.filter { span in span.parent.map { !ids.contains($0) } ?? false }
  }

  /// The traces that fit, newest first.
  public func search(_ query: Query) -> [String] {
    traces.reversed().filter { _, spans in
      if let service = query.service, !spans.contains(where: { $0.service == service }) {
        return false
      }
      if query.isFailed, !spans.contains(where: \.isFailed) { return false }
      return Self.length(spans) >= query.atLeast
    }.map(\.key)
  }

  /// From the first beginning to the last end.
  public static func length(_ spans: [TraceSpan]) -> TimeSpan {
    guard let first = spans.map(\.start).min(),
      let last = spans.map({ $0.start + $0.length }).max()
    else { return .zero }
    return last - first
  }

  /// The spans from the root on, each with its depth; children by their beginning.
  public func tree(_ traceID: String) -> [(depth: Int, span: TraceSpan)] {
    let spans = spans(traceID)
    let ids = Set(spans.map(\.id))
    var rows: [(depth: Int, span: TraceSpan)] = []
    func add(_ span: TraceSpan, _ depth: Int) {
      rows.append((depth, span))
      guard depth < 100 else { return }
      let children = spans.filter { $0.parent == span.id }.sorted { $0.start < $1.start }
      for child in children { add(child, depth + 1) }
    }
    for root in spans where root.parent.map({ !ids.contains($0) }) ?? true { add(root, 0) }
    return rows
  }
}
