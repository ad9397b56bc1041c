import Kernel
import Patterns

/// The invariants of a run of the chain; the first violation of each is kept.
struct ChainChecks: InvariantChecks {
  static let all = [
    Invariant("conservation", "Every client request ends once or is still under way at the end."),
    Invariant("attempts", "No caller makes more tries for an errand than its policy allows."),
    Invariant("deadline", "No call may last longer than the request it belongs to."),
    Invariant("late work", "A server begins no call whose deadline, as sent, is over."),
    Invariant("budget", "Retries never exceed what the budget's rule allows."),
    Invariant("slots", "A server never works on more calls than it has slots."),
    Invariant("hedge budget", "Copies never exceed their share of calls and the burst."),
    Invariant("one effect", "A key that the store still knows has its effect at most once."),
  ]

  var log = InvariantLog(Self.all)
  private var firstCounts = [0, 0, 0]
  private var retryCounts = [0, 0, 0]
  /// When the work of each key's last effect began and ended; looked up, never iterated.
  private var effects: [Int: (began: Instant, ended: Instant)] = [:]

  mutating func ended(
    _ errand: ChainErrand, policy: RetryPolicy, isGood: Bool, at now: Instant
  ) {
    if Int(errand.sequence.attempts) > policy.maxAttempts {
      violated("attempts", at: now, "\(errand.sequence.attempts) tries for one errand")
    }
    if isGood, now > errand.deadline.at {
      violated("deadline", at: now, "answered \(now - errand.deadline.at) too late")
    }
  }

  /// A share of first calls, and what is always allowed; the window of the deposits, ten slices of
  /// a second, may be as short as nine seconds.
  mutating func began(hop: Int, isRetry: Bool, settings: ChainSettings, at now: Instant) {
    if isRetry { retryCounts[hop] += 1 } else { firstCounts[hop] += 1 }
    guard isRetry, case .deposits(let ttl, let minimum, let share) = settings.budget else { return }
    let elapsed = (now - Instant.zero).seconds
    let windows = (elapsed / (ttl.seconds * 0.9) + 1).rounded(.up)
    let reserve = Double(minimum) * ttl.seconds * windows
    let most = share * Double(firstCounts[hop]) + reserve
    if Double(retryCounts[hop]) > most + 1 {
      violated("budget", at: now, "\(retryCounts[hop]) retries of \(firstCounts[hop]) calls")
    }
  }

  mutating func granted(_ budget: RetryBudget, at now: Instant) {
    guard case .concurrency(let share, let minimum) = budget.rule else { return }
    let most = max(minimum, Int(share * Double(budget.callsInProgress)))
    if budget.retriesInProgress > most {
      violated("budget", at: now, "\(budget.retriesInProgress) retries, \(most) allowed")
    }
  }

  mutating func sent(
    _ call: ChainCall, within deadline: Deadline, settings: ChainSettings, at now: Instant
  ) {
    if call.patience.at > deadline.at {
      violated("deadline", at: now, "a call may last \(call.patience.at - deadline.at) too long")
    }
  }

  mutating func server(_ server: DependencyInstance, at now: Instant) {
    if server.working.count > server.slots || server.line.count < 0 {
      violated("slots", at: now, "\(server.working.count) in \(server.slots) slots")
    }
  }

  mutating func begun(_ call: ChainCall, at now: Instant) {
    if call.sent.isOver(at: now) { violated("late work", at: now, "begun after \(call.sent.at)") }
  }

  mutating func hedger(_ hedger: Hedger, at now: Instant) {
    if let violation = hedger.checkInvariants() {
      violated("hedge budget", at: now, violation.witness)
    }
  }

  /// A key's effect: a second one is right only when the first is forgotten or lost its lock.
  mutating func effect(of key: Int, begun: Instant, settings: ChainSettings, at now: Instant) {
    defer { effects[key] = (begun, now) }
    guard settings.isInsertingFirst, let before = effects[key] else { return }
    let lockEnd = before.began + settings.keys.lockTime
    let isLocked = begun < lockEnd && begun < before.ended
    let isKnown =
      before.ended <= lockEnd && begun >= before.ended
      && begun < before.ended + settings.keys.lifetime
    if isLocked || isKnown { violated("one effect", at: now, "key \(key) has a second effect") }
  }
}
