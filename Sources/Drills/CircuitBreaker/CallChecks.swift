import Kernel
import Patterns

/// The invariants of a run, checked as it goes on; the first violation of each is kept.
struct CallChecks: InvariantChecks {
  static let all = [
    Invariant("breaker", "A breaker's own invariants hold after every change."),
    Invariant("open admits nothing", "No call is let through while its breaker is open."),
    Invariant("trial calls", "While half open no more calls are let through than its trials."),
    Invariant("arrows", "Breakers change their state along the arrows only."),
    Invariant("attempts", "No request makes more calls than the policy allows."),
    Invariant("deadline", "No request is answered well after its deadline."),
    Invariant("budget", "A budget never grants more retries than its rule allows at that time."),
    Invariant("slots", "An instance never works on more calls than it has slots."),
    Invariant("ejected share", "No more instances are ejected than the detector allows."),
  ]

  var log = InvariantLog(Self.all)
  /// Counts the looks at breakers whose windows are long to recount.
  private var looks = 0

  /// Checks a breaker; one with a long window, whose recount is costly, every hundredth time only.
  mutating func breaker(_ breaker: CircuitBreaker, at now: Instant) {
    looks += 1
    guard breaker.window.slotCount <= 200 || looks % 100 == 0 else { return }
    if let violation = breaker.checkInvariants() {
      violated("breaker", at: now, violation.description)
    }
  }

  mutating func admission(
    _ admission: CircuitBreaker.Admission, _ breaker: CircuitBreaker, at now: Instant
  ) {
    self.breaker(breaker, at: now)
    guard case .permitted(let permit) = admission, breaker.forcing == .none else { return }
    if breaker.phase == .open, now < breaker.openUntil {
      violated("open admits nothing", at: now, "open until \(breaker.openUntil)")
    }
    if permit.isTrial,
      breaker.trialsGranted - breaker.trialsReleased > breaker.options.trialCalls
    {
      violated("trial calls", at: now, "\(breaker.trialsGranted) let through")
    }
  }

  mutating func change(_ transition: CircuitBreaker.Transition, at now: Instant) {
    guard !CircuitBreaker.isArrow(from: transition.from, to: transition.to) else { return }
    violated("arrows", at: now, "\(transition.from.rawValue) to \(transition.to.rawValue)")
  }

  mutating func ended(
    _ request: ClientRequest, policy: RetryPolicy, isGood: Bool, at now: Instant
  ) {
    if Int(request.sequence.attempts) > policy.maxAttempts {
      violated("attempts", at: now, "\(request.sequence.attempts) calls for one request")
    }
    if isGood, now > request.sequence.deadline {
      violated("deadline", at: now, "answered \(now - request.sequence.deadline) too late")
    }
  }

  /// Looks at a budget right after it has granted a retry.
  mutating func granted(_ budget: RetryBudget, at now: Instant) {
    switch budget.rule {
    case .unlimited, .throttle, .deposits: break
    case .quota:
      if budget.balance < 0 { violated("budget", at: now, "a quota of \(budget.balance)") }
    case .concurrency(let share, let minimum):
      let most = max(minimum, Int(share * Double(budget.callsInProgress)))
      if budget.retriesInProgress > most {
        violated(
          "budget", at: now, "\(budget.retriesInProgress) retries at a time, \(most) allowed")
      }
    }
  }

  mutating func instance(_ instance: DependencyInstance, at now: Instant) {
    guard instance.working.count > instance.slots || instance.line.count < 0 else { return }
    violated(
      "slots", at: now,
      "\(instance.working.count) in \(instance.slots) slots, \(instance.line.count) in line")
  }

  mutating func detector(_ detector: OutlierDetector, at now: Instant) {
    if let violation = detector.checkInvariants() {
      violated("ejected share", at: now, violation.description)
    }
  }
}
