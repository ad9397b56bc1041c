import Kernel

/// How a router of a redundant pair decides that it is the master.
public struct RouterOptions: Sendable, Hashable {
  /// How often a master tells that it is there (`advert_int`).
  public var advertInterval: TimeSpan
  /// Who is preferred: the higher number (`priority`).
  public var priority: Int
  /// Whether a router that comes back takes over from one of lower priority.
  public var preempts: Bool
  /// How long it bears a master of lower priority before it does so (`preempt_delay`); the usual
  /// silence comes on top.
  public var preemptDelay: TimeSpan
  /// Suspect by phi above this, instead of by three missed adverts.
  public var phi: Double?

  /// The timers of VRRP with keepalived's interval.
  public init(
    advertInterval: TimeSpan = .seconds(1), priority: Int, preempts: Bool = true,
    preemptDelay: TimeSpan = .zero, phi: Double? = nil
  ) {
    self.advertInterval = advertInterval
    self.priority = priority
    self.preempts = preempts
    self.preemptDelay = preemptDelay
    self.phi = phi
  }

  /// How long a backup waits for an advert: three intervals and a skew that is the shorter the
  /// higher the priority, so that the best backup is first.
  public var masterDownInterval: TimeSpan {
    advertInterval * 3 + advertInterval * (Double(256 - priority) / 256)
  }
}

/// Mastership of a pair by adverts alone: no third party, no majority.
///
///     backup ──no advert for masterDownInterval──▶ master
///        ▲                                           │
///        └───────── advert of higher priority ───────┘
///
/// **Whoever hears nobody becomes master.** When the master is dead that is right; when only the
/// link between the two is cut there are two masters, and nothing in the protocol can tell.
///
/// Source: RFC 5798 (VRRP version 3), sections 6.1 and 6.4; keepalived's vrrp_instance.
public struct RouterElection: Sendable, Hashable {
  /// The options.
  public let options: RouterOptions
  /// The token that it is master with; nil when it is backup.
  public private(set) var token: Int?
  /// The highest token heard of.
  public private(set) var highest = 0
  private var heardAt: Instant
  /// Since when the master is one of lower priority.
  private var lowerSince: Instant?
  private var detector: PhiAccrualDetector

  /// A backup that has heard nothing.
  public init(_ options: RouterOptions, at now: Instant) {
    self.options = options
    heardAt = now
    // Akka forgives three seconds at a heartbeat each second.
    detector = PhiAccrualDetector(
      acceptablePause: options.advertInterval * 3, firstEstimate: options.advertInterval)
    detector.heard(at: now)
  }

  /// How long nothing was heard of a master.
  public func silence(at now: Instant) -> TimeSpan { now - heardAt }

  /// Becomes master if the silence is long enough; says whether it did.
  public mutating func look(at now: Instant) -> Bool {
    guard token == nil else { return false }
    if let threshold = options.phi {
      guard detector.phi(at: now) > threshold else { return false }
    } else {
      guard silence(at: now) >= options.masterDownInterval else { return false }
    }
    highest += 1
    token = highest
    lowerSince = nil
    return true
  }

  /// Takes an advert; says whether it stops being master for it.
  public mutating func heard(priority: Int, token other: Int, at now: Instant) -> Bool {
    highest = max(highest, other)
    if token == nil {
      let isLower = priority < options.priority
      lowerSince = isLower ? lowerSince ?? now : nil
      let mayPreempt =
        options.preempts && lowerSince.map { now - $0 >= options.preemptDelay } ?? false
      // A master of lower priority is not counted, so that its silence runs out: preemption.
      if isLower, mayPreempt { return false }
      heardAt = now
      detector.heard(at: now)
      return false
    }
    guard priority > options.priority else {
      // It stays, and what it writes from now on counts as later than what the other wrote.
      if let token, other >= token {
        highest += 1
        self.token = highest
      }
      return false
    }
    token = nil
    heardAt = now
    detector.heard(at: now)
    return true
  }
}
