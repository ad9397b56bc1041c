import Kernel

/// A gateway node that limits together with others: one limit, many places that enforce it.
///
///     request ──▶ node ──ask──▶ store      central: every request asks, exact, a round trip each
///                 node ──report─▶ store    synced: own counts now, everybody's at the next sync
///                 node ──lease──▶ store    leased: takes permits by the batch, answers from them
///                 node                     split: a fixed part of the limit each
///
/// When the store says nothing in time, `Options.fallback` decides: let through, refuse, or limit
/// by what the node alone can know.
public struct LimiterNode: Machine {
  /// What can happen; `id` names a request and is never used twice.
  public enum Input: Sendable, Hashable {
    /// A client's request.
    case request(id: Int, cost: Int)
    /// The store's decision about a request.
    case answered(id: Int, RateDecision)
    /// A lease of so many permits arrived, perhaps 0, for use until the end of its window.
    case leased(permits: Int, until: Instant)
    /// What all nodes together have used of the window that ends at `until`.
    case counted(total: Int, until: Instant)
    /// Time has passed; some `wakeMe` is due.
    case wake
  }

  /// What the node asks for or states.
  public enum Output: Sendable, Hashable {
    /// The request may go on, or not.
    case decided(id: Int, RateDecision, by: Source)
    /// Ask the store about a request.
    case ask(id: Int, cost: Int)
    /// Ask the store for permits.
    case lease(permits: Int)
    /// Tell the store what was used since the last report.
    case report(used: Int)
    /// Give a `wake` at this time.
    case wakeMe(at: Instant)
  }

  /// Who decided.
  public enum Source: String, Sendable, Hashable {
    /// The store, for this very request.
    case store
    /// The node, as it always does.
    case node
    /// The node, because the store was silent.
    case fallback
  }

  /// What a request waits for.
  struct Waiting: Sendable, Hashable {
    let id: Int
    let cost: Int
    let giveUpAt: Instant
  }

  /// Everything that can be set.
  public let options: Options
  var local: RateLimiter
  var waiting: [Waiting] = []
  /// Permits leased and not used.
  public internal(set) var permits = 0
  /// When they lapse.
  var permitsEnd = Instant.zero
  /// Until when a lease that was asked for is awaited; nil when none is.
  var leaseGivenUpAt: Instant?
  /// Until when the store has nothing left to lease.
  var exhaustedUntil = Instant.zero
  /// Used in the window and not reported, and what others are known to have used.
  var unreported = 0
  var known = 0
  var windowEnd = Instant.zero
  var nextSyncAt: Instant?

  /// Requests that wait for the store.
  public var waitingCount: Int { waiting.count }

  /// A node that has heard of nothing.
  public init(_ options: Options) {
    self.options = options
    local = RateLimiter(options.localOptions)
  }

  /// Takes one input and returns what follows.
  public mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch input {
    case .request(let id, let cost): return take(id, cost, at: now)
    case .answered(let id, let decision):
      guard let place = waiting.firstIndex(where: { $0.id == id }) else { return [] }
      waiting.remove(at: place)
      return [.decided(id: id, decision, by: .store)]
    case .leased(let count, let until):
      leaseGivenUpAt = nil
      permits = until == permitsEnd ? permits + count : count
      permitsEnd = until
      // Permits never come back before the window ends, so an empty lease need not be asked again.
      if count == 0 { exhaustedUntil = until }
      return drainWaiting(at: now)
    case .counted(let total, let until):
      windowEnd = until
      known = total
      return []
    case .wake: return wake(at: now)
    }
  }

  private mutating func take(_ id: Int, _ cost: Int, at now: Instant) -> [Output] {
    switch options.mode {
    case .central:
      let giveUpAt = now + options.patience
      waiting.append(Waiting(id: id, cost: cost, giveUpAt: giveUpAt))
      return [.ask(id: id, cost: cost), .wakeMe(at: giveUpAt)]
    case .split:
      return [.decided(id: id, local.acquire(cost: cost, at: now), by: .node)]
    case .synced(let period): return takeSynced(id, cost, period, at: now)
    case .leased(let batch): return takeLeased(id, cost, batch, at: now)
    }
  }

  /// Own counts are known at once, those of others as of the last sync.
  private mutating func takeSynced(
    _ id: Int, _ cost: Int, _ period: TimeSpan, at now: Instant
  ) -> [Output] {
    rollWindow(at: now)
    var outputs: [Output] = []
    if nextSyncAt == nil {
      nextSyncAt = now + period
      outputs.append(.wakeMe(at: now + period))
    }
    let left = options.limit.permits - known - unreported
    let end = windowEnd - now
    let decision: RateDecision
    if cost <= left {
      unreported += cost
      decision = .allow(remaining: left - cost, resetAfter: end)
    } else {
      decision = .deny(retryAfter: cost <= options.limit.permits ? end : nil)
    }
    return outputs + [.decided(id: id, decision, by: .node)]
  }

  private mutating func rollWindow(at now: Instant) {
    guard now >= windowEnd else { return }
    let width = options.limit.period.nanoseconds
    windowEnd = .zero + .nanoseconds((now.nanoseconds / width + 1) * width)
    known = 0
    unreported = 0
  }

  private mutating func takeLeased(
    _ id: Int, _ cost: Int, _ batch: Int, at now: Instant
  ) -> [Output] {
    if now >= permitsEnd { permits = 0 }
    if cost <= permits, waiting.isEmpty {
      permits -= cost
      let left = permitsEnd - now
      return [.decided(id: id, .allow(remaining: permits, resetAfter: left), by: .node)]
    }
    if now < exhaustedUntil {
      return [.decided(id: id, .deny(retryAfter: exhaustedUntil - now), by: .node)]
    }
    let giveUpAt = now + options.patience
    waiting.append(Waiting(id: id, cost: cost, giveUpAt: giveUpAt))
    guard leaseGivenUpAt == nil else { return [.wakeMe(at: giveUpAt)] }
    leaseGivenUpAt = giveUpAt
    return [.lease(permits: max(batch, cost)), .wakeMe(at: giveUpAt)]
  }

  /// Answers what waited for a lease; a lease that does not reach refuses the rest of them.
  private mutating func drainWaiting(at now: Instant) -> [Output] {
    var outputs: [Output] = []
    let end = max(.zero, permitsEnd - now)
    for request in waiting {
      if request.cost <= permits, now < permitsEnd {
        permits -= request.cost
        outputs.append(
          .decided(
            id: request.id, .allow(remaining: permits, resetAfter: end), by: .node))
      } else {
        outputs.append(.decided(id: request.id, .deny(retryAfter: end), by: .node))
      }
    }
    waiting.removeAll(keepingCapacity: true)
    return outputs
  }

  private mutating func wake(at now: Instant) -> [Output] {
    var outputs: [Output] = []
    if let due = leaseGivenUpAt, due <= now { leaseGivenUpAt = nil }
    for request in waiting where request.giveUpAt <= now {
      outputs.append(.decided(id: request.id, fallBack(request, at: now), by: .fallback))
    }
    waiting.removeAll { $0.giveUpAt <= now }
    if case .synced(let period) = options.mode, let due = nextSyncAt, due <= now {
      rollWindow(at: now)
      outputs.append(.report(used: unreported))
      // They count as known until the store says what everybody used.
      known += unreported
      unreported = 0
      nextSyncAt = now + period
      outputs.append(.wakeMe(at: now + period))
    }
    return outputs
  }

  private mutating func fallBack(_ request: Waiting, at now: Instant) -> RateDecision {
    if options.shortcut == .ignoresFallback { return .allow(remaining: 0, resetAfter: .zero) }
    switch options.fallback {
    case .open: return .allow(remaining: 0, resetAfter: .zero)
    case .closed: return .deny(retryAfter: options.patience)
    case .local: return local.acquire(cost: request.cost, at: now)
    }
  }
}
