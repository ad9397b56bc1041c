import Kernel
import Patterns

/// What is counted in a run of the chain.
struct ChainTally: Sendable {
  static let step = TimeSpan.milliseconds(500)

  struct Step: Sendable {
    var requests = 0
    var good = 0
    var calls = 0
    var waiting = 0
    var firstTime = 0
  }

  private(set) var steps: [Step]
  /// How long each ended request took, in the order they ended, in nanoseconds.
  private(set) var times: [Int64] = []
  private(set) var requestCount = 0
  private(set) var goodCount = 0
  private(set) var failedCount = 0
  private(set) var callCount = 0
  private(set) var copyCount = 0
  private(set) var droppedCount = 0
  private(set) var refusedRetries = 0
  private(set) var longestLine = 0
  private(set) var workTime = TimeSpan.zero
  private(set) var wastedTime = TimeSpan.zero
  /// Work of the store that ended in the present step, and what of it nobody waited for.
  var recentWork = 0
  var recentWaste = 0
  var replays = 0
  var conflicts = 0
  var mismatches = 0
  private(set) var hasFaulted = false
  private(set) var faultsEndedAt: Instant?
  let duration: TimeSpan

  init(_ settings: ChainSettings) {
    duration = settings.duration
    let count = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    steps = Array(repeating: Step(), count: count)
    times.reserveCapacity(Int(settings.rate * duration.seconds * 1.2))
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func requestArrived(at now: Instant) {
    requestCount += 1
    steps[place(now)].requests += 1
  }

  mutating func requestEnded(began: Instant, failure: CallFailure?, at now: Instant) {
    times.append((now - began).nanoseconds)
    if failure == nil {
      goodCount += 1
      steps[place(now)].good += 1
    } else {
      failedCount += 1
    }
  }

  mutating func callSent(isCopy: Bool, at now: Instant) {
    callCount += 1
    if isCopy { copyCount += 1 }
    steps[place(now)].calls += 1
  }

  mutating func callDropped() { droppedCount += 1 }

  mutating func retryRefused() { refusedRetries += 1 }

  mutating func lineIs(_ length: Int) { longestLine = max(longestLine, length) }

  mutating func workEnded(took span: TimeSpan, isWasted: Bool) {
    workTime = workTime + span
    recentWork += 1
    if isWasted {
      wastedTime = wastedTime + span
      recentWaste += 1
    }
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    hasFaulted = hasFaulted || areInForce
    faultsEndedAt = areInForce || !hasFaulted ? nil : now
  }

  /// Closes the step that ends at `now`.
  mutating func close(at now: Instant, waiting: Int) {
    let index = place(now - .nanoseconds(1))
    steps[index].waiting = waiting
    if index + 1 < steps.count { steps[index + 1].firstTime = times.count }
    recentWork = 0
    recentWaste = 0
  }

  /// The counts of the step that ended last before `now`.
  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }
}
