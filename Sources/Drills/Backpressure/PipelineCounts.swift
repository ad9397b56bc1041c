import Kernel

/// What is counted in a run of the pipeline.
struct PipelineCounts: Sendable {
  static let step = TimeSpan.milliseconds(500)

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
  private var hasFaulted = false
  private(set) var faultsEndedAt: Instant?
  var caughtUpAt: Instant?
  /// What was delivered and what waited where, looked at every half second.
  var rates: [Double?] = []
  var buffers: [[Double?]] = [[], [], []]
  var waits: [Double?] = []

  var delivered: Int { times.count }
  var lost: Int { dropped + lostAtSource + lostOnTheWay + lostInDeath }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
    caughtUpAt = nil
  }

  mutating func deliver(created: Instant, sent: Instant, at now: Instant) {
    times.append((now - sent).nanoseconds)
    ages.append((now - created).nanoseconds)
  }
}

/// The kinds of trouble that the trace is told of, each once an episode.
enum PipelineTrouble: Int, Sendable, CaseIterable {
  case growth, dropped, lost, death, held, late
}
