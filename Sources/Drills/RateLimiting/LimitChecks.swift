import Kernel
import Patterns

/// The invariants of a run; the first violation of each is kept.
///
/// Limiters are watched from outside: a second, naive account says how much each may have let
/// through, and every refusal's promise is remembered until its time has come. `holder` is the
/// number of the machine that holds the limiter.
struct LimitChecks: Sendable {
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
  private var found: [(name: String, at: Instant, witness: String)] = []

  init(_ options: RateLimiter.Options) { self.options = options }

  mutating func violated(_ name: String, at now: Instant, _ witness: String) {
    if !found.contains(where: { $0.name == name }) { found.append((name, now, witness)) }
  }

  /// A key was evicted: from here on nobody promises anything.
  mutating func forgets() { isForgetful = true }

  /// The memory of a machine is gone.
  mutating func lost(holder: Int) { epochs[holder, default: 0] += 1 }

  /// A clock stepped: promises by it are void, the bound is not.
  mutating func clockChanged(holder: Int) { stepped.insert(holder) }

  /// What a limiter said about a request of cost 1.
  mutating func decided(
    _ decision: RateDecision, holder: Int, key: Int32, clock: Instant, at now: Instant
  ) {
    guard !isForgetful else { return }
    let name = Int64(key) << 24 | Int64(holder) << 16 | epochs[holder, default: 0] & 0xffff
    var account = accounts[name] ?? Account(level: capacity)
    switch decision {
    case .allow, .delay:
      account.promised = nil
      count(&account, clock: clock)
      if let witness = excess(account) {
        violated("bound", at: now, "key \(key) at machine \(holder + 1): \(witness)")
      }
    case .deny(let after):
      if let promised = account.promised, clock >= promised, !options.isCountingDenied,
        !stepped.contains(holder)
      {
        violated(
          "retry after", at: now,
          "key \(key) was told to come back at \(promised) and is refused at \(clock)")
      }
      account.promised = after.map { clock + $0 }
    }
    accounts[name] = account
  }

  private var capacity: Double {
    Double(options.kind == .gcra ? options.burst + 1 : max(1, options.burst))
  }

  private func count(_ account: inout Account, clock: Instant) {
    switch options.kind {
    case .tokenBucket, .gcra:
      let passed = max(0, (clock - account.last).seconds)
      account.level = min(capacity, account.level + passed * options.rate.perSecond) - 1
      account.last = max(account.last, clock)
    case .fixedWindow:
      let window = clock.nanoseconds / options.rate.period.nanoseconds
      // A window that a clock went back to is still the one begun last.
      if window > account.window {
        account.window = window
        account.count = 0
      }
      account.count += 1
    case .slidingLog:
      account.times.removeAll { $0 + options.rate.period <= clock }
      account.times.append(clock)
      account.count = options.isCountingDenied ? 0 : account.times.count
    case .leakyMeter, .leakyQueue, .slidingCounter, .concurrency, .unlimited: break
    }
  }

  private func excess(_ account: Account) -> String? {
    if account.level < -0.001 {
      return
        "more than \(Unit.count.text(capacity)) and \(Unit.perSecond.text(options.rate.perSecond))"
    }
    if account.count > options.rate.permits {
      return "\(account.count) in a window of \(options.rate.permits)"
    }
    return nil
  }

  /// A lease was given out.
  mutating func leased(_ counts: LimitStore, at now: Instant) {
    guard counts.used > counts.limit.permits else { return }
    violated("bound", at: now, "\(counts.used) leased of \(counts.limit.permits)")
  }

  var verdicts: [InvariantVerdict] {
    RateLimitingScenario().invariants.map { invariant in
      let violation = found.first { $0.name == invariant.name }
      return InvariantVerdict(
        invariant.name, violation.map { .violated(at: $0.at, witness: $0.witness) } ?? .holds)
    }
  }
}
