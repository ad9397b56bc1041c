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

  mutating func worked(for span: TimeSpan, isWasted: Bool) {
    workTime = workTime + span
    recentWork += 1
    if isWasted {
      wastedTime = wastedTime + span
      recentWaste += 1
    }
  }
}

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
struct ShedWatch: Sendable {
  enum Trouble: Int, Sendable, CaseIterable {
    case line, full, timedOut, waste, storm, shed, throttled, collapse
  }

  var lastFault: Trace.ID?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  var goodSteps = 0
  var limits: [Double?] = []
  var lines: [Double?] = []

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
