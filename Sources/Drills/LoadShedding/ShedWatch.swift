import Kernel

/// What is counted besides the requests.
struct ShedCounts: Sendable {
  var sent = 0
  var throttled = 0
  var reached = [0, 0, 0]
  var refused = [0, 0, 0]
  var dropped = 0
  var reachedTooLate = 0
  var longestLine = 0
  var refusalTime = TimeSpan.zero
  private(set) var workTime = TimeSpan.zero
  private(set) var wastedTime = TimeSpan.zero
  /// Work that ended in the present step, and what of it nobody waited for.
  var recentWork = 0
  var recentWaste = 0
  /// Calls sent up to the last look.
  var sentBefore = 0
  /// The limit, where there is one, and the line, looked at every half second.
  var limits: [Double?] = []
  var lines: [Double?] = []

  mutating func worked(for span: TimeSpan, isWasted: Bool) {
    workTime = workTime + span
    recentWork += 1
    if isWasted {
      wastedTime = wastedTime + span
      recentWaste += 1
    }
  }
}

/// The kinds of trouble that the trace is told of, each once an episode.
enum ShedTrouble: Int, Sendable, CaseIterable {
  case line, full, timedOut, waste, storm, shed, throttled, collapse
}

/// The invariants of a run of the overloaded server.
enum ShedChecks {
  static let all = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("limit bounds", "The limit never leaves the bounds that it was given."),
    Invariant("permits", "As many permits are out as calls are at work and in line."),
    Invariant("idle growth", "The limit never grows while less than half of it is used."),
    Invariant("priority", "No call is refused at a door that would let a less critical one in."),
    Invariant("queue", "The line is never longer than its capacity."),
    Invariant("slots", "The server never does more at a time than it has slots."),
  ]
}
