/// An event store: streams of events that are appended to under a condition and never changed.
///
/// The events of a stream are numbered from 0 without gaps; an append is all or nothing; of two
/// appends that expect the same version exactly one succeeds. State is the fold of a stream.
///
/// Source: the expected versions of EventStore clients: hexdocs.pm/eventstore, `append_to_stream`.
public struct EventStore<Event: Sendable & Hashable>: Sendable, Hashable {
  /// What must hold for an append.
  public enum ExpectedVersion: Sendable, Hashable {
    /// The last event of the stream has this number.
    case exactly(Int)
    /// The stream does not exist.
    case noStream
    /// The stream exists.
    case streamExists
    /// Nothing.
    case any
  }

  /// What became of an append.
  public enum AppendResult: Sendable, Hashable {
    /// The number of the stream's last event now.
    case appended(Int)
    /// The condition does not hold: the number of the last event, nil when there is no stream.
    case wrongExpectedVersion(Int?)
  }

  /// An event with its places.
  public struct Recorded: Sendable, Hashable {
    /// The stream.
    public let stream: String
    /// The place in the stream, from 0.
    public let version: Int
    /// The place among all events, from 0.
    public let position: Int
    /// The event.
    public let event: Event
  }

  /// All events, in the order of appending.
  public private(set) var log: [Recorded] = []
  private var streams: [String: [Int]] = [:]

  /// An empty store.
  public init() {}

  /// The number of the last event of `stream`, or nil.
  public func version(of stream: String) -> Int? {
    streams[stream].map { $0.count - 1 }
  }

  /// Appends `events` if `expected` holds.
  public mutating func append(
    _ events: [Event], to stream: String, expecting expected: ExpectedVersion
  ) -> AppendResult {
    let current = version(of: stream)
    let holds =
      switch expected {
      case .exactly(let number): current == number
      case .noStream: current == nil
      case .streamExists: current != nil
      case .any: true
      }
    guard holds, !events.isEmpty else { return .wrongExpectedVersion(current) }
    var next = (current ?? -1) + 1
    for event in events {
      streams[stream, default: []].append(log.count)
      log.append(Recorded(stream: stream, version: next, position: log.count, event: event))
      next += 1
    }
    return .appended(next - 1)
  }

  /// The events of `stream` from number `version` on.
  public func events(of stream: String, from version: Int = 0) -> [Recorded] {
    (streams[stream] ?? []).dropFirst(max(0, version)).map { log[$0] }
  }

  /// Folds a stream from `state`, which stands for all events before number `version`.
  public func fold<State>(
    _ stream: String, from state: State, at version: Int = 0,
    _ apply: (inout State, Event) -> Void
  ) -> State {
    var state = state
    for recorded in events(of: stream, from: version) { apply(&state, recorded.event) }
    return state
  }
}
