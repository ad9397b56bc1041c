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
  /// Threads in use and calls to reviews, looked at every half second.
  var threads: [Double?] = []
  var held: [Double?] = []
}

/// The kinds of trouble that the trace is told of, each once an episode.
enum BulkheadTrouble: Int, Sendable, CaseIterable {
  case threads, refused, abandoned, timedOut, collapse
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
