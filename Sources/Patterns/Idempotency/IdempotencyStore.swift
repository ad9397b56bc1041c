import Kernel
import OrderedCollections

/// The receiver's memory of idempotency keys: which requests it has seen, and what it answered.
///
///     new ──begin──▶ in progress ──finished──▶ done ──lifetime over──▶ new
///                        │  ▲
///                        └──┘ failed, or its lock ran out: new again
///
/// The key is inserted *before* the work, in one step with the look-up. A second request that
/// comes meanwhile is told so (409); one that comes later gets the stored answer; one with
/// another body is refused (422).
///
/// **Within its lifetime a key's work is begun at most once unless it failed or its lock ran out.**
///
/// Source: the IETF draft The Idempotency-Key HTTP Header Field; Stripe, Idempotent requests.
public struct IdempotencyStore: Sendable, Hashable {
  /// What to do with a request.
  public enum Decision: Sendable, Hashable {
    /// Do the work, then say `finished` or `failed` with this ticket.
    case execute(Ticket)
    /// Give this answer, without doing the work.
    case replay(Answer)
    /// The work for the same key is under way: come back later.
    case inProgress
    /// The key belongs to a request with another body.
    case mismatch
  }

  /// An answer that is kept.
  public struct Answer: Sendable, Hashable {
    /// A number that stands for its content.
    public let body: Int
    /// Whether it tells of success.
    public let isGood: Bool

    /// An answer.
    public init(body: Int, isGood: Bool) {
      self.body = body
      self.isGood = isGood
    }
  }

  /// The right to do the work for a key; void when the lock has run out since.
  public struct Ticket: Sendable, Hashable {
    /// The key.
    public let key: Int
    /// The body that was sent with it.
    public let body: Int
    /// Which lock of the store this is.
    public let number: Int
  }

  /// What is known of a key.
  public enum State: Sendable, Hashable {
    /// Work is under way; the lock runs out at the instant.
    case inProgress(lock: Int, until: Instant)
    /// The answer, kept until the instant.
    case done(Answer, until: Instant)
  }

  struct Entry: Sendable, Hashable {
    let body: Int
    var state: State
  }

  /// How keys are kept.
  public let options: Options
  /// Locks handed out so far.
  public private(set) var locks = 0
  private(set) var entries = OrderedDictionary<Int, Entry>()

  /// An empty store.
  public init(_ options: Options = Options()) { self.options = options }

  /// How many keys are held, expired ones among them until they are met.
  public var count: Int { entries.count }

  /// What is known of `key` at `now`; nil for nothing.
  public func state(of key: Int, at now: Instant) -> State? {
    guard let entry = entries[key] else { return nil }
    switch entry.state {
    case .inProgress(_, let until): return now < until ? entry.state : nil
    case .done(_, let until): return now < until ? entry.state : nil
    }
  }

  /// Decides about a request, and locks its key if the work is to be done.
  public mutating func begin(key: Int, body: Int, at now: Instant) -> Decision {
    if let state = state(of: key, at: now), let entry = entries[key] {
      if options.isBodyCompared, options.shortcut != .ignoresBody, entry.body != body {
        return .mismatch
      }
      switch state {
      case .inProgress: return .inProgress
      case .done(let answer, _): return .replay(answer)
      }
    }
    locks += 1
    let ticket = Ticket(key: key, body: body, number: locks)
    if options.shortcut != .storesAfterwards {
      entries[key] = Entry(
        body: body, state: .inProgress(lock: locks, until: now + options.lockTime))
    }
    return .execute(ticket)
  }

  /// Keeps the answer of work that is done, if its lock still holds.
  public mutating func finished(_ ticket: Ticket, _ answer: Answer, at now: Instant) {
    guard owns(ticket) || options.shortcut == .storesAfterwards else { return }
    guard answer.isGood || options.isErrorKept else { return failed(ticket) }
    entries[ticket.key] = Entry(
      body: ticket.body, state: .done(answer, until: now + options.lifetime))
  }

  /// Frees the key of work that failed without an effect, so that the next request does it.
  public mutating func failed(_ ticket: Ticket) {
    guard owns(ticket), options.shortcut != .keepsLock else { return }
    entries[ticket.key] = nil
  }

  private func owns(_ ticket: Ticket) -> Bool {
    guard let entry = entries[ticket.key], case .inProgress(let lock, _) = entry.state else {
      return false
    }
    return lock == ticket.number
  }
}
