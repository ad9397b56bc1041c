import Kernel

/// Stops calling a dependency that keeps failing, waits, then tries it with a few calls.
///
///     closed ──too many failed or slow──▶ open ──open time over──▶ half open
///        ▲                                  ▲                        │   │
///        │                                  └────── trials failed ───┘   │
///        └──────────────────────────── trials succeeded ─────────────────┘
///
/// The caller asks `tryAcquire` before each call and reports with `record` or `cancel`. A breaker
/// does not time calls out and sees nothing that never ends: without a timeout in front of it, a
/// dependency that hangs is invisible to it. It decides from what it is told and from the time,
/// holds no queue, allocates nothing after it was made, and a copy of it is a snapshot.
///
/// Time passes only through the arguments. `advance(to:)` carries out what is due by itself (an
/// automatic half-opening, the end of a half-open limit, Hystrix's snapshots), one change a call;
/// every other method first catches up in the same way, so a host that never calls `advance` gets
/// the same decisions and only learns of them later.
///
/// **Open admits nothing before its time is over. Half open admits at most its trial calls, plus
/// those given back. Every permit is settled once. States change along the arrows only**, plus
/// what an operator forces. `checkInvariants()` checks what can be seen in one state.
///
/// Source: Nygard, "Release It!" (2007), and the libraries named by the presets.
public struct CircuitBreaker: Sendable, Equatable {
  /// The state of the breaker.
  public enum Phase: String, Sendable, Hashable, CaseIterable {
    /// Calls pass and are counted.
    case closed
    /// Calls are refused until the open time is over.
    case open
    /// A few trial calls pass and decide.
    case halfOpen = "half-open"
  }

  /// What an operator holds the breaker to, over its own judgement.
  public enum Forcing: String, Sendable, Hashable, CaseIterable {
    /// Nothing: the breaker decides.
    case none
    /// Every call is refused: Hystrix `forceOpen`, resilience4j `FORCED_OPEN`, Polly isolated.
    case open
    /// Every call passes, results are still judged beneath: Hystrix `forceClosed`.
    case closed
    /// Every call passes and nothing is counted: resilience4j `DISABLED`.
    case disabled
    /// Every call passes and is counted, but nothing opens: resilience4j `METRICS_ONLY`.
    case metricsOnly = "metrics-only"
  }

  /// The leave to make one call; hand it back with the outcome.
  public struct Permit: Sendable, Hashable {
    /// The number of changes of state before the call was let through.
    public let era: Int32
    /// Whether the call is one of the trial calls of a half-open breaker.
    public let isTrial: Bool
  }

  /// The answer to a caller that wants to call.
  public enum Admission: Sendable, Hashable {
    /// Call, and report the outcome with the permit.
    case permitted(Permit)
    /// Do not call. `retryAt` is when the open time ends, nil when no time can be named.
    case rejected(retryAt: Instant?)
  }

  /// How a call ended.
  public enum Outcome: Sendable, Hashable {
    /// It was answered as it should be.
    case success
    /// It failed or timed out.
    case failure
    /// It ended in a way that says nothing about the dependency, such as a bad request.
    case ignored
  }

  /// The options the breaker was made with.
  public let options: Options
  /// The state.
  public internal(set) var phase = Phase.closed
  /// What an operator holds the breaker to.
  public internal(set) var forcing = Forcing.none
  /// When the state was entered.
  public internal(set) var enteredAt: Instant
  /// When the open time is over; meaningful while open.
  public internal(set) var openUntil: Instant
  /// What the breaker remembers while it is closed.
  public internal(set) var window: OutcomeWindow
  /// The results of trial calls since the breaker became half open.
  public internal(set) var trials = OutcomeTally()
  /// Trial calls let through since the breaker became half open.
  public internal(set) var trialsGranted = 0
  /// Permits given back since the breaker became half open.
  public internal(set) var trialsReleased = 0
  /// Failures in a row, as far as they were counted.
  public internal(set) var failuresInRow = 0
  /// Openings since the breaker was last closed.
  public internal(set) var openingsInRow = 0
  /// Calls that were refused since the breaker was made.
  public internal(set) var rejectedCount = 0
  /// The last change of state, nil before the first.
  public internal(set) var lastTransition: Transition?

  var era: Int32 = 0
  var rampCredit = 0.0
  var random: RandomStream

  /// A closed breaker at `start`; `random` is drawn from only when the open time has jitter.
  public init(
    _ options: Options, at start: Instant = .zero,
    random: RandomStream = RandomStream(seed: 0, name: "breaker")
  ) {
    precondition(options.minimumCalls > 0, "minimumCalls must be above 0")
    precondition(options.trialCalls > 0, "trialCalls must be above 0")
    precondition(options.openFor > .zero, "openFor must be above 0")
    self.options = options
    self.random = random
    enteredAt = start
    openUntil = start
    window = OutcomeWindow(
      options.window, from: start, isSliding: options.shortcut != .neverForgets)
  }
}

extension CircuitBreaker {
  /// Whether a call may be made now; a permit that is given must be settled once.
  public mutating func tryAcquire(at now: Instant) -> Admission {
    catchUp(to: now)
    switch forcing {
    case .open:
      rejectedCount += 1
      return .rejected(retryAt: nil)
    case .closed, .disabled, .metricsOnly:
      return .permitted(Permit(era: era, isTrial: false))
    case .none:
      break
    }
    switch phase {
    case .closed:
      guard isAdmittedByRamp(at: now) else {
        rejectedCount += 1
        return .rejected(retryAt: nil)
      }
      return .permitted(Permit(era: era, isTrial: false))
    case .open:
      guard isOpenOver(at: now) else {
        rejectedCount += 1
        return .rejected(retryAt: openUntil)
      }
      enter(.halfOpen, at: now, because: .openTimeOver)
      return grantTrial()
    case .halfOpen:
      return grantTrial()
    }
  }

  /// Settles a permit with how the call ended and how long it took.
  @discardableResult
  public mutating func record(
    _ outcome: Outcome, for permit: Permit, took duration: TimeSpan, at now: Instant
  ) -> Transition? {
    catchUp(to: now)
    guard forcing != .disabled else { return nil }
    if permit.era != era && !options.isLateResultCounted { return nil }
    let isSlow = duration > options.slowAfter && options.shortcut != .ignoresSlowness
    switch (outcome, options.withoutOutcome) {
    case (.success, _), (.ignored, .succeeds):
      return settle(isFailure: false, isSlow: isSlow, at: now)
    case (.failure, _):
      return settle(isFailure: true, isSlow: isSlow, at: now)
    case (.ignored, .releases):
      return release()
    case (.ignored, .reopens):
      return reopen(at: now)
    }
  }

  /// Settles a permit of a call that was given up by its caller before it ended.
  @discardableResult
  public mutating func cancel(_ permit: Permit, at now: Instant) -> Transition? {
    record(.ignored, for: permit, took: .zero, at: now)
  }

  private mutating func grantTrial() -> Admission {
    guard
      trialsGranted - trialsReleased < options.trialCalls
        || options.shortcut == .admitsEveryTrial
    else {
      rejectedCount += 1
      return .rejected(retryAt: nil)
    }
    trialsGranted += 1
    return .permitted(Permit(era: era, isTrial: true))
  }

  private mutating func release() -> Transition? {
    // resilience4j gives the permit back to whatever state it is in by now; there is no owner.
    if phase == .halfOpen { trialsReleased += 1 }
    return nil
  }

  private mutating func reopen(at now: Instant) -> Transition? {
    guard phase == .halfOpen, forcing != .metricsOnly else { return nil }
    return enter(.open, at: now, because: .trialsFailed(trials))
  }

  private mutating func isAdmittedByRamp(at now: Instant) -> Bool {
    guard options.rampFor > .zero, era > 0 else { return true }
    let passed = now - enteredAt
    guard passed < options.rampFor else { return true }
    let share = Double(passed.nanoseconds) / Double(options.rampFor.nanoseconds)
    rampCredit += max(options.rampFloor, share)
    guard rampCredit >= 1 else { return false }
    rampCredit -= 1
    return true
  }
}
