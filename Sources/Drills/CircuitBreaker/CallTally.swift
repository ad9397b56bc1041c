import Kernel
import Patterns
import Simulation

/// What is counted in a run, in all and by steps of time.
struct CallTally: Sendable {
  /// The step of the series.
  static let step = TimeSpan.milliseconds(500)
  /// Steps in which goodput must be back before a recovery is believed: 3 s.
  static let recoverySteps = 6

  /// Counts of one step.
  struct Step: Sendable {
    var requests = 0
    var good = 0
    var failed = 0
    var calls = 0
    var refusedByBreaker = 0
    var waiting = 0
    var notClosed = 0.0
    var ejected = 0
    /// Where the step's times to an answer begin in `times`.
    var firstTime = 0
  }

  private(set) var steps: [Step]
  /// How long each ended request took, in the order they ended, in nanoseconds.
  private(set) var times: [Int64] = []
  private(set) var goodTimes: [Int64] = []
  private(set) var requestCount = 0
  private(set) var goodCount = 0
  private(set) var failedCount = 0
  private(set) var shortCircuitedCount = 0
  private(set) var healthyCount = 0
  private(set) var healthyFailedCount = 0
  private(set) var callCount = 0
  private(set) var trialCount = 0
  private(set) var droppedCount = 0
  private(set) var longestLine = 0
  private(set) var workTime = TimeSpan.zero
  private(set) var wastedTime = TimeSpan.zero
  private(set) var finishedWork = 0
  private(set) var wastedWork = 0
  var opens = 0
  var reopens = 0
  var falseOpens = 0
  var firstOpenAfterFault: Instant?
  var openWhileHealthy = 0.0
  var ejections = 0
  /// Calls in the last ten seconds, by instance.
  var lateCalls: [Int]
  private(set) var firstFaultAt: Instant?
  /// When the last fault ended; nil before the first fault and while one is in force.
  private(set) var faultsEndedAt: Instant?
  let duration: TimeSpan
  let hasBreakers: Bool
  let hasDetectors: Bool

  init(_ settings: CallSettings, _ faults: FaultPlan) {
    duration = settings.duration
    hasBreakers = settings.breaker != nil
    hasDetectors = settings.ejection != nil
    let count = Int((duration.nanoseconds - 1) / Self.step.nanoseconds) + 1
    steps = Array(repeating: Step(), count: count)
    lateCalls = Array(repeating: 0, count: settings.instances)
    let expected = Int(settings.rate * duration.seconds * 1.2)
    times.reserveCapacity(expected)
    goodTimes.reserveCapacity(expected)
  }

  private func place(_ now: Instant) -> Int {
    min(steps.count - 1, Int(now.nanoseconds / Self.step.nanoseconds))
  }

  mutating func requestArrived(at now: Instant) {
    requestCount += 1
    steps[place(now)].requests += 1
  }

  mutating func requestEnded(
    _ request: ClientRequest, failure: CallFailure?, at now: Instant
  ) {
    let time = (now - request.arrivedAt).nanoseconds
    times.append(time)
    if request.isInHealthyTime { healthyCount += 1 }
    if failure == nil {
      goodCount += 1
      goodTimes.append(time)
      steps[place(now)].good += 1
    } else {
      failedCount += 1
      if failure == .shortCircuited { shortCircuitedCount += 1 }
      if request.isInHealthyTime { healthyFailedCount += 1 }
      steps[place(now)].failed += 1
    }
  }

  mutating func callSent(isTrial: Bool, instance: Int, at now: Instant) {
    callCount += 1
    if isTrial { trialCount += 1 }
    steps[place(now)].calls += 1
    if now + .seconds(10) >= .zero + duration { lateCalls[instance] += 1 }
  }

  mutating func callRejected(at now: Instant) { steps[place(now)].refusedByBreaker += 1 }

  mutating func callDropped() { droppedCount += 1 }

  mutating func lineIs(_ length: Int) { longestLine = max(longestLine, length) }

  mutating func workEnded(took span: TimeSpan, isWasted: Bool) {
    workTime = workTime + span
    finishedWork += 1
    if isWasted {
      wastedTime = wastedTime + span
      wastedWork += 1
    }
  }

  mutating func faults(areInForce: Bool, at now: Instant) {
    if areInForce {
      if firstFaultAt == nil { firstFaultAt = now }
      faultsEndedAt = nil
    } else if firstFaultAt != nil {
      faultsEndedAt = now
    }
  }

  /// Closes the step that ends at `now` with what was seen then.
  mutating func close(at now: Instant, waiting: Int, notClosed: Double, ejected: Int) {
    let index = place(now - .nanoseconds(1))
    steps[index].waiting = waiting
    steps[index].notClosed = notClosed
    steps[index].ejected = ejected
    if index + 1 < steps.count { steps[index + 1].firstTime = times.count }
  }

  /// The median time of the requests that ended in the step before `now`; nil without any.
  ///
  /// To be asked for before the step is closed.
  func medianTime(before now: Instant) -> Double? {
    let some = times[steps[place(now - .nanoseconds(1))].firstTime...].sorted()
    return some.isEmpty ? nil : Double(some[some.count / 2]) / 1e9
  }

  /// The counts of the step that ended last before `now`.
  func lastStep(before now: Instant) -> Step { steps[place(now - .nanoseconds(1))] }
}
