import Kernel

/// A bound on the retries of a whole caller, so that they cannot multiply an overload.
///
/// Tries of one request are bounded by its policy; that still multiplies the load by the number
/// of attempts once everything fails. A budget bounds retries by what else goes on. Four kinds are
/// modelled, each as its tool counts:
///
/// - gRPC `retryThrottling`: a count of tokens, one less for each failed call, `tokenRatio` more for
///   each success; retries only while more than half are left. Source: gRFC A6.
/// - AWS SDK standard mode: a quota of 500; a retry takes 5, or 10 after a timeout; a success gives
///   back what its last retry took, or 1 when it needed none. Source: botocore `retries/quota.py`,
///   `retries/standard.py`.
/// - Envoy `retry_budget`: retries in progress may be 20 % of calls in progress, but 3 are always
///   allowed. Source: Envoy `resource_manager_impl.h`.
/// - Finagle (and Linkerd's service profiles): each request puts in a share of a retry; what was
///   put in expires after 10 s; 10 retries a second are always allowed. Source: Finagle
///   `service/RetryBudget.scala`, util `WindowedAdder`.
public struct RetryBudget: Sendable, Hashable {
  /// How retries are bounded.
  public enum Rule: Sendable, Hashable {
    /// Not at all.
    case unlimited
    /// gRPC: tokens, and what a success brings.
    case throttle(maxTokens: Int, tokenRatio: Double)
    /// AWS SDK: the capacity, what a retry takes, what one after a timeout takes, and what a success
    /// without a retry brings.
    case quota(capacity: Int, cost: Int, timeoutCost: Int, increment: Int)
    /// Envoy: the share of calls in progress, and how many retries are always allowed.
    case concurrency(share: Double, minimum: Int)
    /// Finagle: how long what was put in lasts, retries a second always allowed, and the share.
    case deposits(ttl: TimeSpan, minimumPerSecond: Int, share: Double)
  }

  /// How retries are bounded.
  public let rule: Rule
  /// Tokens in thousandths (throttle) or capacity left (quota).
  public private(set) var balance: Int
  /// Calls in progress, retries among them.
  public private(set) var callsInProgress = 0
  /// Retries in progress or waiting for their time.
  public private(set) var retriesInProgress = 0
  /// Retries that were refused.
  public private(set) var refusedCount = 0
  private var deposits: DepositWindow
  private let isCharged: Bool

  /// A full budget at `start`; `shortcut` is a wrong way to build it, for drills.
  public init(
    _ rule: Rule = .unlimited, at start: Instant = .zero, shortcut: RetryShortcut? = nil
  ) {
    self.rule = rule
    isCharged = shortcut != .neverCharges
    switch rule {
    case .unlimited, .concurrency: balance = 0
    case .throttle(let maxTokens, _): balance = maxTokens * 1_000
    case .quota(let capacity, _, _, _): balance = capacity
    case .deposits: balance = 0
    }
    if case .deposits(let ttl, _, _) = rule {
      deposits = DepositWindow(ttl: ttl, from: start)
    } else {
      deposits = DepositWindow()
    }
  }

  /// Whether a call that begins is a retry or the first of its request.
  public enum Attempt: Sendable, Hashable {
    /// The first call of a request.
    case first
    /// A retry.
    case retry
  }

  /// Takes note that a call begins.
  public mutating func attemptStarted(_ attempt: Attempt, at now: Instant) {
    callsInProgress += 1
    if case .deposits(_, _, let share) = rule, share > 0, attempt == .first {
      deposits.add(DepositWindow.scale, at: now)
    }
  }

  /// Takes note that a call ended; `cost` is what `withdraw` named for it, 0 for a first call.
  public mutating func attemptEnded(
    _ attempt: Attempt, failure: CallFailure?, cost: Int, at now: Instant
  ) {
    callsInProgress -= 1
    if attempt == .retry, isCharged { retriesInProgress -= 1 }
    switch rule {
    case .unlimited, .concurrency, .deposits: break
    case .throttle(let maxTokens, let tokenRatio):
      if failure == nil {
        balance = min(maxTokens * 1_000, balance + Int((tokenRatio * 1_000).rounded(.down)))
      } else if failure != .invalid, isCharged {
        balance = max(0, balance - 1_000)
      }
    case .quota(let capacity, _, _, let increment):
      if failure == nil { balance = min(capacity, balance + (cost > 0 ? cost : increment)) }
    }
  }

  /// Pays for a retry after `failure`: what it cost (at least 1), or nil when there is not enough.
  public mutating func withdraw(for failure: CallFailure, at now: Instant) -> Int? {
    let cost: Int?
    switch rule {
    case .unlimited:
      cost = 1
    case .throttle(let maxTokens, _):
      cost = balance > maxTokens * 1_000 / 2 ? 1 : nil
    case .quota(_, let usual, let timeoutCost, _):
      let price = failure == .timedOut ? timeoutCost : usual
      cost = price <= balance ? price : nil
      if isCharged { balance -= cost ?? 0 }
    case .concurrency(let share, let minimum):
      let allowed = max(minimum, Int(share * Double(callsInProgress)))
      cost = retriesInProgress < allowed ? 1 : nil
    case .deposits(let ttl, let minimumPerSecond, let share):
      let price = share > 0 ? Int(Double(DepositWindow.scale) / share) : 1
      let reserve = minimumPerSecond * Int(ttl.nanoseconds / 1_000_000_000) * price
      let isEnough = deposits.sum(at: now) + reserve >= price
      if isEnough, isCharged { deposits.add(-price, at: now) }
      cost = isEnough ? 1 : nil
    }
    if cost == nil { refusedCount += 1 } else { retriesInProgress += isCharged ? 1 : 0 }
    return cost
  }
}

/// A sum whose parts expire: ten slices of time, the newest begun by its first use.
struct DepositWindow: Sendable, Hashable {
  /// What one request puts in; a retry takes this over the share.
  static let scale = 1_000

  private var slices: [Int] = []
  private var newest = 0
  private var total = 0
  private var width: Int64 = 1
  private var begun: Int64 = 0

  init() {}

  init(ttl: TimeSpan, from start: Instant) {
    slices = Array(repeating: 0, count: 10)
    width = max(1, ttl.nanoseconds / 10)
    begun = start.nanoseconds
  }

  mutating func add(_ amount: Int, at now: Instant) {
    expire(until: now)
    slices[newest] += amount
    total += amount
  }

  mutating func sum(at now: Instant) -> Int {
    expire(until: now)
    return total
  }

  private mutating func expire(until now: Instant) {
    let passed = (now.nanoseconds - begun) / width
    guard passed > 0 else { return }
    for _ in 0..<min(passed, Int64(slices.count)) {
      newest = newest + 1 == slices.count ? 0 : newest + 1
      total -= slices[newest]
      slices[newest] = 0
    }
    begun = now.nanoseconds
  }
}
