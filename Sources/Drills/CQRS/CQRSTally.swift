import Kernel
import Patterns

/// What is counted in a run of the CQRS scenario.
struct CQRSTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var done = 0
    var conflicts = 0
    var behind = 0
    var firstRead = 0
  }

  private(set) var steps: [Step] = [Step()]
  private(set) var submissions = 0
  private(set) var done = 0
  private(set) var refused = 0
  private(set) var givenUp = 0
  private(set) var conflicts = 0
  var repeats = 0
  var unanswered = 0
  private(set) var commandTimes: [Int64] = []
  private(set) var loads = 0
  private(set) var eventsLoaded = 0
  var wrongStates = 0
  var wrongRefusals = 0
  var duplicates = 0
  var overdrawn: Set<Int> = []
  private(set) var reads = 0
  private(set) var readTimes: [Int64] = []
  private(set) var ownTimes: [Int64] = []
  var ownReads = 0
  var staleOwnReads = 0
  var backwardReads = 0
  var partialReads = 0
  var painted = 0
  var readsFailed = 0
  var waitsEnded = 0
  var resubmits = 0
  private(set) var lags: [Int64] = []
  private(set) var peakBehind = 0
  var repeatsSeen = 0
  var mailsRepeated = 0
  var rebuildTimes: [TimeSpan] = []
  var poisonPosition: Int?
  /// The first witnesses.
  var overdraft: [String]?
  var duplicate: [String]?
  var stale: [String]?
  var backward: [String]?

  mutating func submitted(at now: Instant) { submissions += 1 }

  mutating func loaded(_ events: Int) {
    loads += 1
    eventsLoaded += events
  }

  mutating func conflicted(at now: Instant) {
    conflicts += 1
    steps[steps.count - 1].conflicts += 1
  }

  mutating func answered(_ reply: CommandHandler.Reply, after span: TimeSpan, at now: Instant) {
    commandTimes.append(span.nanoseconds)
    switch reply {
    case .done:
      done += 1
      steps[steps.count - 1].done += 1
    case .refused: refused += 1
    case .conflict: givenUp += 1
    }
  }

  mutating func readBegan(at now: Instant) { reads += 1 }

  mutating func shown(after span: TimeSpan, isOwn: Bool, at now: Instant) {
    readTimes.append(span.nanoseconds)
    if isOwn { ownTimes.append(span.nanoseconds) }
  }

  mutating func lagged(_ span: TimeSpan) { lags.append(span.nanoseconds) }

  mutating func close(behind: Int, at now: Instant) {
    peakBehind = max(peakBehind, behind)
    steps[steps.count - 1].behind = behind
    steps.append(Step(firstRead: readTimes.count))
  }

  static func quantile(_ times: [Int64], _ q: Double) -> Double? {
    times.sorted().nearestRank(q).map { Double($0) / 1e9 }
  }
}
