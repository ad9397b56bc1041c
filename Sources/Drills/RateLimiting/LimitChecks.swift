import Kernel
import Patterns

/// The invariants of a run; the first violation of each is kept.
///
/// Limiters are watched from outside: a second, naive account says how much each may have let
/// through, and every refusal's promise is remembered until its time has come.
struct LimitChecks: InvariantChecks {
  private struct Account: Sendable {
    var level = 0.0
    var last = Instant.zero
    var window: Int64 = -1
    var count = 0
    var times: [Instant] = []
    var promised: Instant?
  }

  private let options: RateLimiter.Options
  /// By holder and key; looked up, never walked through.
  private var accounts: [Int64: Account] = [:]
  /// How often the memory of each holder was lost: part of the accounts' names.
  private var epochs: [Int: Int64] = [:]
  /// Machines whose clock was ever wrong.
  private var stepped: Set<Int> = []
  private var isForgetful = false
  var log = InvariantLog(RateLimitingScenario().invariants)

  init(_ options: RateLimiter.Options) { self.options = options }

  /// A key was evicted: from here on nobody promises anything.
  mutating func forgets() { isForgetful = true }

  /// The memory of a machine is gone.
  mutating func lost(holder: Int) { epochs[holder, default: 0] += 1 }

  /// A clock stepped: promises by it are void, the bound is not.
  mutating func clockChanged(holder: Int) { stepped.insert(holder) }

  /// The circumstances of a decision.
  struct Look {
    /// The number of the machine that holds the limiter.
    let holder: Int
    let cost: Int
    /// What that machine's clock read, and the true time.
    let clock: Instant
    let now: Instant
  }

  /// Looks into a limiter.
  mutating func look(_ limiter: RateLimiter?, at now: Instant) {
    if let violation = limiter?.checkInvariants() {
      violated("limiter", at: now, violation.description)
    }
  }

  /// What a limiter of `scale` times the options said about a request.
  mutating func decided(_ decision: RateDecision, key: Int32, scale: Int = 1, _ seen: Look) {
    guard !isForgetful else { return }
    let name =
      Int64(key) << 24 | Int64(seen.holder) << 16 | epochs[seen.holder, default: 0] & 0xffff
    var account = accounts[name] ?? Account(level: capacity(scale))
    switch decision {
    case .allow, .delay:
      account.promised = nil
      count(&account, scale, seen)
      if let witness = excess(account, scale) {
        violated("bound", at: seen.now, "key \(key) at machine \(seen.holder + 1): \(witness)")
      }
    case .deny(let after):
      if let promised = account.promised, seen.clock >= promised, !options.isCountingDenied,
        !stepped.contains(seen.holder)
      {
        violated(
          "retry after", at: seen.now,
          "key \(key) was told to come back at \(promised) and is refused at \(seen.clock)")
      }
      account.promised = after.map { seen.clock + $0 }
    }
    accounts[name] = account
  }

  private func capacity(_ scale: Int) -> Double {
    let burst = options.burst * scale
    return Double(options.kind == .gcra ? burst + 1 : max(1, burst))
  }

  private func count(_ account: inout Account, _ scale: Int, _ seen: Look) {
    let clock = seen.clock
    switch options.kind {
    case .tokenBucket, .gcra:
      let earned = max(0, (clock - account.last).seconds) * options.rate.perSecond * Double(scale)
      account.level = min(capacity(scale), account.level + earned) - Double(seen.cost)
      account.last = max(account.last, clock)
    case .fixedWindow:
      let window = clock.nanoseconds / options.rate.period.nanoseconds
      // A window that a clock went back to is still the one begun last.
      if window > account.window {
        account.window = window
        account.count = 0
      }
      account.count += seen.cost
    case .slidingLog:
      account.times.removeAll { $0 + options.rate.period <= clock }
      for _ in 0..<seen.cost { account.times.append(clock) }
      account.count = options.isCountingDenied ? 0 : account.times.count
    case .leakyMeter, .leakyQueue, .slidingCounter, .concurrency, .unlimited: break
    }
  }

  private func excess(_ account: Account, _ scale: Int) -> String? {
    if account.level < -0.001 {
      let rate = Unit.perSecond.text(options.rate.perSecond * Double(scale))
      return "more than \(Unit.count.text(capacity(scale))) and \(rate)"
    }
    let limit = options.rate.permits * scale
    return account.count > limit ? "\(account.count) in a window of \(limit)" : nil
  }

  /// A lease was given out.
  mutating func leased(_ counts: LimitStore, at now: Instant) {
    guard counts.used > counts.limit.permits else { return }
    violated("bound", at: now, "\(counts.used) leased of \(counts.limit.permits)")
  }
}
