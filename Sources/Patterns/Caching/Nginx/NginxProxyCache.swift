import Kernel

/// What nginx's `proxy_cache` does with one key: who goes to the upstream, who waits, who is served
/// something old.
///
///     absent ─request─▶ passed on (MISS); with the lock the others wait for its answer
///     valid  ─time───▶ expired: passed on (EXPIRED), or served old (STALE, UPDATING) by use_stale
///
/// **The lock protects new entries only.** For expired ones it is `use_stale updating` that lets one
/// request through. A waiter looks again every 500 ms, not when the answer comes.
///
/// Source: nginx src/http/ngx_http_file_cache.c, ngx_http_upstream.c, and recordings of 1.22.1.
public struct NginxProxyCache: Machine {
  /// The directives, by nginx's own names without `proxy_cache_`.
  public struct Options: Sendable, Hashable {
    /// `proxy_cache_valid`: how long an answer of 200 is good.
    public var valid = TimeSpan.seconds(1)
    /// Whether one request at a time fills a new entry: `proxy_cache_lock`, default off.
    public var lock = false
    /// How long others wait before they are passed on: `proxy_cache_lock_timeout`, default 5 s.
    public var lockTimeout = TimeSpan.seconds(5)
    /// After this one more request is passed on: `proxy_cache_lock_age`, default 5 s.
    public var lockAge = TimeSpan.seconds(5)
    /// Whether old content is served while one asks: `proxy_cache_use_stale updating`, default off.
    public var isStaleWhileUpdating = false
    /// Whether old content is served for an error: `proxy_cache_use_stale http_500`, default off.
    public var isStaleOnError = false
    /// Whether nobody waits for the new content: `proxy_cache_background_update`, default off.
    public var backgroundUpdate = false
    /// Requests after which an answer is kept, at least 1: `proxy_cache_min_uses`, default 1.
    public var minUses = 1

    /// nginx's defaults.
    public init() {}
  }

  /// The value of `$upstream_cache_status`.
  public enum Status: String, Sendable, Hashable, CaseIterable {
    /// Answered from the cache.
    case hit = "HIT"
    /// Not there, passed on.
    case miss = "MISS"
    /// Too old, passed on.
    case expired = "EXPIRED"
    /// Too old, served because the upstream failed or is asked in the background.
    case stale = "STALE"
    /// Too old, served because another request is fetching a new one.
    case updating = "UPDATING"
  }

  /// What can happen.
  public enum Input: Sendable, Hashable {
    /// A client asks; the number is the request's own.
    case request(Int)
    /// The upstream answered what was passed on for a request: good content, or nil for an error.
    case answered(Int, content: Int?)
    /// The time of a wake has come.
    case wake
  }

  /// What the cache asks for or does.
  public enum Output: Sendable, Hashable {
    /// Ask the upstream on behalf of a request.
    case pass(Int)
    /// Answer a client; nil is the upstream's error.
    case serve(Int, Status, content: Int?)
    /// Step with `wake` then.
    case wakeMe(at: Instant)
  }

  struct Waiter: Sendable, Hashable {
    let request: Int
    let givesUpAt: Instant
    var looksAt: Instant
  }

  struct Passed: Sendable, Hashable {
    let request: Int
    let status: Status
    /// Whether it holds the entry: others wait or are served old content meanwhile.
    let isHolder: Bool
    /// Whether its answer is kept.
    let isKept: Bool
    /// Whether its client has been answered already.
    let isBackground: Bool
  }

  /// The directives.
  public let options: Options
  /// The content kept, nil while there is none.
  public private(set) var content: Int?
  /// From when on the content is too old.
  public private(set) var validUntil = Instant.zero
  /// Requests passed on and not answered, oldest first.
  public var passedCount: Int { passed.count }
  /// Requests that wait for another's answer.
  public var waitingCount: Int { waiters.count }

  private var passed: [Passed] = []
  private var waiters: [Waiter] = []
  private var uses = 0
  private var isHeld = false
  private var heldUntil = Instant.zero

  /// An empty cache.
  public init(_ options: Options = Options()) {
    precondition(options.minUses > 0, "minUses must be above 0")
    self.options = options
  }

  /// Takes one input at `now`.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .request(let request):
      uses += 1
      return look(request, givesUpAt: nil, at: now)
    case .answered(let request, let content):
      return answered(request, content: content, at: now)
    case .wake:
      let due = waiters.filter { $0.looksAt <= now }
      waiters.removeAll { $0.looksAt <= now }
      var outputs: [Output] = []
      for waiter in due {
        outputs += look(waiter.request, givesUpAt: waiter.givesUpAt, at: now)
      }
      return outputs
    }
  }

  private mutating func look(_ request: Int, givesUpAt: Instant?, at now: Instant) -> [Output] {
    guard let content else { return lookAtNew(request, givesUpAt: givesUpAt, at: now) }
    if now < validUntil { return [.serve(request, .hit, content: content)] }
    if isHeld {
      if options.isStaleWhileUpdating { return [.serve(request, .updating, content: content)] }
      return pass(request, .expired, isHolder: false)
    }
    isHeld = true
    heldUntil = now + options.lockAge
    if options.isStaleWhileUpdating, options.backgroundUpdate {
      return [.serve(request, .stale, content: content)]
        + pass(request, .stale, isHolder: true, isBackground: true)
    }
    return pass(request, .expired, isHolder: true)
  }

  /// A key of which nothing is kept: the lock decides.
  private mutating func lookAtNew(
    _ request: Int, givesUpAt: Instant?, at now: Instant
  ) -> [Output] {
    guard uses >= options.minUses else {
      return pass(request, .miss, isHolder: false, isKept: false)
    }
    guard options.lock else { return pass(request, .miss, isHolder: false) }
    if !isHeld || heldUntil <= now {
      isHeld = true
      heldUntil = now + options.lockAge
      return pass(request, .miss, isHolder: true)
    }
    let end = givesUpAt ?? now + options.lockTimeout
    // Who has waited too long is passed on, and its answer is not kept.
    guard now < end else { return pass(request, .miss, isHolder: false, isKept: false) }
    let next = min(end, now + .milliseconds(500))
    waiters.append(Waiter(request: request, givesUpAt: end, looksAt: next))
    return [.wakeMe(at: next)]
  }

  private mutating func pass(
    _ request: Int, _ status: Status, isHolder: Bool, isKept: Bool = true,
    isBackground: Bool = false
  ) -> [Output] {
    passed.append(
      Passed(
        request: request, status: status, isHolder: isHolder, isKept: isKept,
        isBackground: isBackground))
    return [.pass(request)]
  }

  private mutating func answered(
    _ request: Int, content fresh: Int?, at now: Instant
  ) -> [Output] {
    guard let place = passed.firstIndex(where: { $0.request == request }) else { return [] }
    let call = passed.remove(at: place)
    if call.isHolder { isHeld = false }
    if let fresh, call.isKept {
      content = fresh
      validUntil = now + options.valid
    }
    guard !call.isBackground else { return [] }
    if fresh == nil, options.isStaleOnError, let content {
      return [.serve(request, .stale, content: content)]
    }
    return [.serve(request, call.status, content: fresh)]
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    // A lock may be taken over by age, so there can be more than one holder, but not without end.
    if !waiters.isEmpty, !options.lock {
      return InvariantViolation("waiters", witness: "\(waiters.count) wait without a lock")
    }
    if isHeld, !passed.contains(where: \.isHolder) {
      return InvariantViolation("holder", witness: "held, and nobody was passed on")
    }
    return nil
  }
}
