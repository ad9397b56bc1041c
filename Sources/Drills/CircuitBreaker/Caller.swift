import Kernel
import Patterns

/// One instance of the calling service: its breakers, its budget, its view of the instances.
struct Caller: Sendable {
  var breakers: [CircuitBreaker]
  var budget: RetryBudget
  var detector: OutlierDetector?
  /// Calls of its own under way, by instance.
  var underWay: [Int]
  /// Draws the waits of retries.
  var retryRandom: RandomStream
  /// Draws instances.
  var balanceRandom: RandomStream
  /// The last trouble that a breaker was told of, by breaker: what an opening is blamed on.
  var trouble: [Trace.ID?]
  /// The last change of state recorded, by breaker.
  var lastChange: [Trace.ID?]
  /// Whether it was told that a breaker cannot leave its state, by breaker.
  var isStuckTold: [Bool]
  /// When the next event that lets time pass for its breakers is due.
  var wakeAt = Instant.distantFuture
  private var turn = 0

  init(_ number: Int, _ settings: CallSettings, seed: UInt64) {
    let name = settings.callerName(number)
    let count = settings.isBreakerPerInstance ? settings.instances : 1
    breakers = []
    if let options = settings.breaker {
      for index in 0..<count {
        var breaker = CircuitBreaker(
          options, random: RandomStream(seed: seed, name: "\(name)/breaker/\(index)"))
        breaker.force(settings.forcing, at: .zero)
        breakers.append(breaker)
      }
    }
    budget = RetryBudget(settings.budget, shortcut: settings.retryShortcut)
    detector = settings.ejection.map {
      OutlierDetector(
        $0, hostCount: settings.instances,
        random: RandomStream(seed: seed, name: "\(name)/ejection"))
    }
    underWay = Array(repeating: 0, count: settings.instances)
    retryRandom = RandomStream(seed: seed, name: "\(name)/retry")
    balanceRandom = RandomStream(seed: seed, name: "\(name)/balance")
    trouble = Array(repeating: nil, count: breakers.count)
    lastChange = Array(repeating: nil, count: breakers.count)
    isStuckTold = Array(repeating: false, count: breakers.count)
    // Callers do not all begin with the same instance.
    turn = number
  }

  /// The breaker that guards `instance`, nil without breakers.
  func breaker(for instance: Int, _ settings: CallSettings) -> Int? {
    breakers.isEmpty ? nil : settings.isBreakerPerInstance ? instance : 0
  }

  /// Picks an instance for the next call.
  mutating func pick(_ settings: CallSettings) -> Int {
    let all = settings.instances
    guard all > 1 else { return 0 }
    let isOut = (0..<all).map { isLeftOut($0, settings) }
    let inCount = isOut.count { !$0 }
    // With fewer than half of them in, all are used: Envoy's panic threshold of 50 %.
    let isPanic = inCount * 2 < all && detector != nil || inCount == 0
    let usable = (0..<all).filter { isPanic || !isOut[$0] }
    switch settings.balance {
    case "random":
      return usable[balanceRandom.below(usable.count)]
    case "least":
      let fewest = usable.map { underWay[$0] }.min() ?? 0
      let best = usable.filter { underWay[$0] == fewest }
      return best[balanceRandom.below(best.count)]
    default:
      turn += 1
      return usable[turn % usable.count]
    }
  }

  /// Decides what follows a failed call of a request.
  mutating func decide(
    after failure: CallFailure, in sequence: inout RetrySequence, policy: RetryPolicy,
    at now: Instant
  ) -> RetrySequence.Decision {
    sequence.failed(
      failure, at: now, policy: policy, budget: &budget, random: &retryRandom)
  }

  private func isLeftOut(_ instance: Int, _ settings: CallSettings) -> Bool {
    if let detector, !detector.isActive(NodeID(instance)) { return true }
    guard settings.isSkippingOpen, let breaker = breaker(for: instance, settings) else {
      return false
    }
    return breakers[breaker].phase == .open
  }
}
