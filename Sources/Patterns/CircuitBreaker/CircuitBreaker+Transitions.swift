import Kernel

extension CircuitBreaker {
  /// A change of state, with what led to it.
  public struct Transition: Sendable, Hashable {
    /// The state before.
    public let from: Phase
    /// The state after.
    public let to: Phase
    /// When it happened; for what a timer does this is the timer's time.
    public let at: Instant
    /// What led to it.
    public let reason: Reason
  }

  /// What led to a change of state.
  public enum Reason: Sendable, Hashable {
    /// The share of failed calls reached its threshold; the window as it was judged.
    case failureRate(OutcomeTally)
    /// The share of slow calls reached its threshold; the window as it was judged.
    case slowRate(OutcomeTally)
    /// So many failures came in a row.
    case failuresInRow(Int)
    /// The open time was over.
    case openTimeOver
    /// The trial calls were good enough; their results.
    case trialsSucceeded(OutcomeTally)
    /// The trial calls were not good enough; their results.
    case trialsFailed(OutcomeTally)
    /// The half-open limit was over before the trials decided.
    case trialLimitOver
    /// An operator said so.
    case operatorCommand
  }

  /// When the breaker next changes something by itself, nil when only calls can change it.
  public var nextWake: Instant? {
    switch phase {
    case .closed:
      guard options.judgement == .snapshots, window.total.calls + window.pending.calls > 0
      else { return nil }
      return window.nextSnapshotAt
    case .open: return options.isHalfOpenAutomatic ? openUntil : nil
    case .halfOpen: return options.trialLimit.map { enteredAt + $0 }
    }
  }

  /// Carries out the earliest change that is due at `now`; call it again until it returns nil.
  public mutating func advance(to now: Instant) -> Transition? {
    while options.judgement == .snapshots, window.nextSnapshotAt <= now {
      if window.total.calls + window.pending.calls == 0 {
        window.skipSnapshots(until: now)
        break
      }
      let end = window.nextSnapshotAt
      window.closeSnapshot()
      if phase == .closed, forcing != .metricsOnly, let reason = verdict(on: window.total) {
        return enter(.open, at: end, because: reason)
      }
    }
    window.forget(until: now)
    guard forcing == .none || options.isForcingResumed else { return nil }
    switch phase {
    case .closed: return nil
    case .open:
      guard options.isHalfOpenAutomatic, openUntil <= now else { return nil }
      return enter(.halfOpen, at: openUntil, because: .openTimeOver)
    case .halfOpen:
      guard let limit = options.trialLimit, enteredAt + limit <= now else { return nil }
      let next: Phase = options.isTrialLimitClosing ? .closed : .open
      return enter(next, at: enteredAt + limit, because: .trialLimitOver)
    }
  }

  /// Opens the breaker now, as an operator does.
  @discardableResult
  public mutating func trip(at now: Instant) -> Transition? {
    catchUp(to: now)
    guard phase != .open else { return nil }
    return enter(.open, at: now, because: .operatorCommand)
  }

  /// Closes the breaker with an empty memory and ends any forcing, as an operator does.
  @discardableResult
  public mutating func reset(at now: Instant) -> Transition? {
    catchUp(to: now)
    forcing = .none
    let change = phase == .closed ? nil : enter(.closed, at: now, because: .operatorCommand)
    window.reset(at: now)
    failuresInRow = 0
    rampCredit = 0
    return change
  }

  /// Holds the breaker to `forcing`; none lets it decide again.
  @discardableResult
  public mutating func force(_ forcing: Forcing, at now: Instant) -> Transition? {
    catchUp(to: now)
    guard forcing != self.forcing else { return nil }
    let isLeaving = forcing == .none && !options.isForcingResumed
    self.forcing = forcing
    return isLeaving ? reset(at: now) : nil
  }

  mutating func catchUp(to now: Instant) {
    while advance(to: now) != nil {}
  }

  func isOpenOver(at now: Instant) -> Bool {
    options.isOpenEndIncluded ? now >= openUntil : now > openUntil
  }

  mutating func settle(isFailure: Bool, isSlow: Bool, at now: Instant) -> Transition? {
    switch phase {
    case .open:
      // A call that was let through before the opening: too late to change anything.
      return nil
    case .closed:
      failuresInRow = isFailure ? failuresInRow + 1 : 0
      if options.shortcut == .countsFailuresOnly, !isFailure { return nil }
      window.record(isFailure: isFailure, isSlow: isSlow, at: now)
      guard forcing != .metricsOnly else { return nil }
      if let limit = options.consecutiveFailures, failuresInRow >= limit {
        return enter(.open, at: now, because: .failuresInRow(failuresInRow))
      }
      switch options.judgement {
      case .snapshots: return nil
      case .everyFailure: guard isFailure else { return nil }
      case .everyResult: break
      }
      return verdict(on: window.total).map { enter(.open, at: now, because: $0) }
    case .halfOpen:
      trials += OutcomeTally(calls: 1, failures: isFailure ? 1 : 0, slow: isSlow ? 1 : 0)
      return judgeTrials(isFailure: isFailure, at: now)
    }
  }

  private mutating func judgeTrials(isFailure: Bool, at now: Instant) -> Transition? {
    switch options.trialRule {
    case .firstResult:
      return isFailure
        ? enter(.open, at: now, because: .trialsFailed(trials))
        : enter(.closed, at: now, because: .trialsSucceeded(trials))
    case .allSucceed:
      if isFailure { return enter(.open, at: now, because: .trialsFailed(trials)) }
      guard Int(trials.calls) >= options.trialCalls else { return nil }
      return enter(.closed, at: now, because: .trialsSucceeded(trials))
    case .thresholds:
      guard Int(trials.calls) >= min(options.minimumCalls, options.trialCalls) else { return nil }
      return isOverThreshold(trials)
        ? enter(.open, at: now, because: .trialsFailed(trials))
        : enter(.closed, at: now, because: .trialsSucceeded(trials))
    }
  }

  /// Why `tally` opens the breaker, or nil when it does not.
  private func verdict(on tally: OutcomeTally) -> Reason? {
    guard tally.calls > 0, Int(tally.calls) >= smallestJudgedCount else { return nil }
    if let threshold = options.failureThreshold, tally.failureRate >= threshold {
      return .failureRate(tally)
    }
    if let threshold = options.slowThreshold, tally.slowRate >= threshold {
      return .slowRate(tally)
    }
    return nil
  }

  private func isOverThreshold(_ tally: OutcomeTally) -> Bool {
    if let threshold = options.failureThreshold, tally.failureRate >= threshold { return true }
    if let threshold = options.slowThreshold, tally.slowRate >= threshold { return true }
    return false
  }

  /// A window of N calls can never hold more than N, so its minimum is capped to that.
  private var smallestJudgedCount: Int {
    if case .calls(let count) = options.window { return min(options.minimumCalls, count) }
    return options.minimumCalls
  }

  @discardableResult
  mutating func enter(_ next: Phase, at now: Instant, because reason: Reason) -> Transition {
    let transition = Transition(from: phase, to: next, at: now, reason: reason)
    switch next {
    case .closed:
      openingsInRow = 0
      failuresInRow = 0
      rampCredit = 0
      if options.shortcut != .keepsWindow { window.reset(at: now) }
    case .open:
      openingsInRow += 1
      let isKept = options.shortcut == .keepsOpenEnd && phase == .halfOpen
      if !isKept { openUntil = now + openTime() }
    case .halfOpen:
      trials = OutcomeTally()
      trialsGranted = 0
      trialsReleased = 0
    }
    phase = next
    enteredAt = now
    era &+= 1
    lastTransition = transition
    return transition
  }

  private mutating func openTime() -> TimeSpan {
    var span = options.openFor
    var step = 1
    while step < openingsInRow, options.openGrowth > 1, span < options.openMaximum {
      span = span * options.openGrowth
      step += 1
    }
    span = min(span, max(options.openMaximum, options.openFor))
    guard options.openJitter > 0 else { return span }
    let delta = span * options.openJitter
    return random.span(span - delta, to: span + delta)
  }
}
