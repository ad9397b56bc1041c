import Kernel

/// What is counted in a run of the pipeline.
struct PipelineCounts: Sendable {
  /// Times of delivered items in the pipeline, and since they came into being, in nanoseconds.
  private(set) var times: [Int64] = []
  private(set) var ages: [Int64] = []
  var held = 0
  var mostWaiting = 0
  var mostInside = 0
  var longest = 0
  var dropped = 0
  var lostAtSource = 0
  var lostOnTheWay = 0
  var lostInDeath = 0
  var deaths = 0
  var requests = 0
  /// Delivered up to the last look.
  var deliveredBefore = 0

  var delivered: Int { times.count }
  var lost: Int { dropped + lostAtSource + lostOnTheWay + lostInDeath }

  mutating func deliver(created: Instant, sent: Instant, at now: Instant) {
    times.append((now - sent).nanoseconds)
    ages.append((now - created).nanoseconds)
  }
}

/// What the trace has been told of the present trouble, so that each kind is told once an episode.
struct PipelineWatch: Sendable {
  static let step = TimeSpan.milliseconds(500)

  enum Trouble: Int, Sendable, CaseIterable {
    case growth, dropped, lost, death, held, late
  }

  var lastFault: Trace.ID?
  var faultsEndedAt: Instant?
  var hasFaulted = false
  var caughtUpAt: Instant?
  private var told: [Trace.ID?] = Array(repeating: nil, count: Trouble.allCases.count)
  var rates: [Double?] = []
  var buffers: [[Double?]] = [[], [], []]
  var waits: [Double?] = []

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
  }
}
