import Kernel

/// What is counted besides the requests.
struct BulkheadCounts: Sendable {
  /// Requests that a bulkhead refused, by route.
  var refused = [0, 0, 0]
  /// Requests that the service turned away because its backlog was full.
  var turnedAway = 0
  /// Requests whose thread stopped waiting for a pool.
  var abandoned = 0
  var degraded = 0
  var socketTimeouts = 0
  var longestBacklog = 0
  var mostThreads = 0
  var mostUnderWay = [0, 0, 0]
}

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
struct BulkheadWatch: Sendable {
  enum Trouble: Int, Sendable, CaseIterable {
    case threads, refused, abandoned, timedOut, collapse
  }

  var lastFault: Trace.ID?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  var goodSteps = 0
  var threads: [Double?] = []
  var held: [Double?] = []

  subscript(trouble: Trouble) -> Trace.ID? {
    get { told[trouble.rawValue] }
    set { told[trouble.rawValue] = newValue }
  }

  var isInTrouble: Bool { told.contains { $0 != nil } }

  /// The first event of the episode among `troubles`, in the order given.
  func first(_ troubles: Trouble...) -> Trace.ID? {
    troubles.lazy.compactMap { self[$0] }.first ?? lastFault
  }

  mutating func end() {
    for trouble in Trouble.allCases { self[trouble] = nil }
    goodSteps = 0
  }
}

/// The invariants of a run of the service.
enum BulkheadChecks {
  static let all = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("threads", "The service never holds more requests open than it has threads."),
    Invariant("permits", "As many permits are out as calls are under way, and none is left over."),
    Invariant("pool", "A pool never has more threads than its greatest size."),
    Invariant("pool queue", "The queue of a pool is never longer than its capacity."),
  ]
}
