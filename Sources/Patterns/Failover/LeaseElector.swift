import Kernel

/// How a candidate competes for a lease.
public struct LeaseOptions: Sendable, Hashable {
  /// How long others leave a lease alone after they saw it change (`leaseDuration`, Patroni `ttl`).
  public var leaseDuration: TimeSpan
  /// How long a leader goes on without a renewal (`renewDeadline`).
  public var renewDeadline: TimeSpan
  /// How often a leader renews and others look (`retryPeriod`, Patroni `loop_wait`).
  public var retryPeriod: TimeSpan
  /// How far behind the last holder's log a candidate may be (`maximum_lag_on_failover`), in
  /// records; nil is any.
  public var maximumLag: Int?
  /// Whether a leader that cannot reach the store goes on while all other nodes answer it
  /// (Patroni `failsafe_mode`).
  public var isFailsafe = false
  /// A deliberate bug.
  public var shortcut: FailoverShortcut?

  /// The defaults of Kubernetes' leader election.
  public init(
    leaseDuration: TimeSpan = .seconds(15), renewDeadline: TimeSpan = .seconds(10),
    retryPeriod: TimeSpan = .seconds(2), maximumLag: Int? = nil
  ) {
    self.leaseDuration = leaseDuration
    self.renewDeadline = renewDeadline
    self.retryPeriod = retryPeriod
    self.maximumLag = maximumLag
  }
}

/// A candidate for leadership by a lease in a store that all candidates trust.
///
///     following ──record unchanged for leaseDuration──▶ claims ──write went in──▶ leading
///         ▲                                               │                       │
///         └───────────── somebody was faster ─────────────┘                       │
///         └──────────── no renewal for renewDeadline, or another holds it ────────┘
///
/// A leader counts from when it *asked* for its last renewal; the others count from when they *saw*
/// it, which is later. **So a leader stops by its clock before any other may claim by theirs**, as
/// long as clocks run alike: what is left between renewDeadline and leaseDuration is the margin. A
/// process that stands still notices nothing; that is what fencing tokens are for.
///
/// Source: the leader election of Kubernetes clients, 15 s, 10 s, 2 s; Patroni for lag and failsafe.
public struct LeaseElector: Sendable, Hashable {
  /// What to do next.
  public enum Action: Sendable, Hashable {
    /// Read the record.
    case read
    /// Write the record, under this condition.
    case write(LeaseRecord.Command)
    /// Ask all other nodes whether they still follow this leader.
    case askPeers
  }

  /// What changed.
  public enum Change: Sendable, Hashable {
    /// It leads, with this token.
    case led(token: Int, silent: TimeSpan)
    /// It leads no more, and why.
    case stopped(String)
    /// It may not claim: its log is too far behind.
    case barred(lag: Int)
    /// It has not seen the lease change for so long, and claims it.
    case claims(silent: TimeSpan)
  }

  /// The candidate itself.
  public let me: NodeID
  /// How it competes.
  public let options: LeaseOptions
  /// The token that it leads with; nil when it does not.
  public private(set) var token: Int?
  /// The record as last seen.
  public private(set) var record = LeaseRecord()
  /// When the record was last seen to change, or the leader was heard.
  public private(set) var observedAt: Instant
  /// Until when it leads if nothing more is heard; the past when it does not.
  public private(set) var leadsUntil = Instant.zero
  private var hasRead = false
  private var yieldsUntil = Instant.zero
  private var isBarred = false
  private var peersHeard: Set<Int> = []

  /// A candidate that has seen nothing; it leaves the lease to others for a while at first.
  public init(
    _ me: NodeID, options: LeaseOptions, standsBack: TimeSpan = .zero, at now: Instant
  ) {
    self.me = me
    self.options = options
    observedAt = now
    yieldsUntil = now + standsBack
  }

  /// Whether it leads at `now`, by its clock.
  public func leads(at now: Instant) -> Bool {
    token != nil && (now < leadsUntil || options.shortcut == .leadsWithoutRenewing)
  }

  /// Decides what to do when a retry period is over; `position` is how long its log is.
  public mutating func tick(position: Int, at now: Instant, _ changes: inout [Change]) -> [Action] {
    if token != nil {
      guard leads(at: now) else {
        stop("no renewal for \(options.renewDeadline)", &changes)
        return [.read]
      }
      let renewal = Action.write(
        LeaseRecord.Command(me, version: record.version, position: position))
      let isLate = leadsUntil - now <= options.renewDeadline - options.retryPeriod * 2
      return options.isFailsafe && isLate ? [renewal, .askPeers] : [renewal]
    }
    guard hasRead else { return [.read] }
    let silent = now - observedAt
    let patience =
      options.shortcut == .claimsUnexpired ? options.retryPeriod : options.leaseDuration
    let isFree = record.holder == nil || record.holder == me
    guard now >= yieldsUntil, isFree || silent >= patience else { return [.read] }
    let lag = record.position - position
    if let most = options.maximumLag, lag > most {
      if !isBarred { changes.append(.barred(lag: lag)) }
      isBarred = true
      return [.read]
    }
    isBarred = false
    if !isFree { changes.append(.claims(silent: silent)) }
    return [.write(LeaseRecord.Command(me, version: record.version, position: position))]
  }

  /// Takes the record as the store has it; `askedAt` is when the question left.
  public mutating func saw(
    _ seen: LeaseRecord, askedAt: Instant, at now: Instant, _ changes: inout [Change]
  ) {
    guard seen.version >= record.version else { return }
    let isNews = seen.version != record.version || !hasRead
    let silent = now - observedAt
    record = seen
    hasRead = true
    if isNews { observedAt = now }
    if seen.holder == me {
      guard isNews else { return }
      leadsUntil = max(leadsUntil, askedAt + options.renewDeadline)
      guard now < leadsUntil else { return }
      if token != seen.token { changes.append(.led(token: seen.token, silent: silent)) }
      token = seen.token
    } else if token != nil {
      stop("another holds the lease, with token \(seen.token)", &changes)
    }
  }

  /// A follower heard its leader, by another way than the store.
  public mutating func heardLeader(_ leader: NodeID, at now: Instant) {
    if token == nil, record.holder == leader { observedAt = now }
  }

  /// Another node still follows; when all do, a leader that cannot reach the store goes on.
  public mutating func peerFollows(_ peer: NodeID, of count: Int, askedAt: Instant) {
    guard options.isFailsafe, token != nil else { return }
    peersHeard.insert(peer.index)
    guard peersHeard.count >= count else { return }
    peersHeard = []
    leadsUntil = max(leadsUntil, askedAt + options.renewDeadline)
  }

  /// Gives the lease back, and leaves it to others for one lease.
  public mutating func release(at now: Instant, _ changes: inout [Change]) -> [Action] {
    guard token != nil else { return [] }
    let command = LeaseRecord.Command(
      me, version: record.version, isRelease: true, position: record.position)
    stop("it gives the lease back", &changes)
    yieldsUntil = now + options.leaseDuration
    return [.write(command)]
  }

  private mutating func stop(_ reason: String, _ changes: inout [Change]) {
    token = nil
    leadsUntil = .zero
    peersHeard = []
    changes.append(.stopped(reason))
  }
}
