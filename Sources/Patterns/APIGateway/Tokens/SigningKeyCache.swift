import Kernel

/// The issuer's keys as a gateway remembers them: a JSON Web Key Set and its age.
///
///     none ──fetch──▶ fresh ──life over──▶ stale ──fetch──▶ fresh
///                       │ unknown id, and the last fetch is long enough ago: fetch, and wait for it
///
/// A key that is not there is either new or made up, and only the issuer can tell. Asking for every
/// one lets a stranger with made-up ids turn the gateway against the issuer; asking for none
/// refuses everybody from a rotation until the set's life is over.
///
/// Where stale keys may be used, a key that is known is used at once, and the next set is fetched
/// behind the request's back: an issuer that is slow or down is then noticed by nobody.
///
/// **Between two fetches lies at least the interval. Keys are used past their life only when that is
/// allowed.**
public struct SigningKeyCache: Sendable, Hashable {
  /// What can be set.
  public struct Options: Sendable, Hashable {
    /// How long a set is taken as it is.
    public var life = TimeSpan.minutes(5)
    /// Whether an unknown id makes the gateway ask.
    public var fetchesUnknown = true
    /// The least time between two fetches.
    public var interval = TimeSpan.seconds(5)
    /// Whether keys are used past their life until there are new ones.
    public var usesStale = true
    /// A wrong way to build it, for drills; nil for the right one.
    public var shortcut: GatewayShortcut?

    /// Five minutes, and unknown ids at most every five seconds: ours.
    public init() {}
  }

  /// What there is to a key's id.
  public enum Lookup: Sendable, Hashable {
    /// The key.
    case key(VerificationKey)
    /// The key, past its life; a fetch must begin, and nobody waits for it.
    case stale(VerificationKey)
    /// The issuer has no such key, as far as is known.
    case unknown
    /// A fetch must begin; look again when it has ended.
    case fetch
    /// A fetch is under way; look again when it has ended.
    case wait
    /// There are no keys to look at.
    case unavailable
  }

  /// The options.
  public let options: Options
  /// The keys fetched last.
  public private(set) var keys: [VerificationKey] = []
  /// Fetches begun.
  public private(set) var fetchCount = 0
  /// Whether a fetch is under way.
  public private(set) var isFetching = false
  private var fetchedAt: Instant?
  private var askedAt: Instant?

  /// A cache without keys.
  public init(_ options: Options = Options()) { self.options = options }

  /// What there is to key `id`; after a fetch has ended, `again` is true and none begins.
  public mutating func look(up id: String, again: Bool, at now: Instant) -> Lookup {
    let isFresh = fetchedAt.map { now < $0 + options.life } ?? false
    let isAllowed = askedAt.map { now >= $0 + options.interval } ?? true
    if !isFresh {
      if options.usesStale, let key = keys.first(where: { $0.id == id }) {
        guard !again, !isFetching, isAllowed else { return .key(key) }
        _ = begin(at: now)
        return .stale(key)
      }
      if isFetching, !again { return .wait }
      if !again, isAllowed { return begin(at: now) }
      guard options.usesStale, fetchedAt != nil else { return .unavailable }
    }
    if let key = keys.first(where: { $0.id == id }) { return .key(key) }
    guard options.fetchesUnknown, !again else { return .unknown }
    if isFetching { return .wait }
    return isAllowed || options.shortcut == .fetchesAlways ? begin(at: now) : .unknown
  }

  private mutating func begin(at now: Instant) -> Lookup {
    isFetching = true
    askedAt = now
    fetchCount += 1
    return .fetch
  }

  /// The issuer has answered.
  public mutating func fetched(_ keys: [VerificationKey], at now: Instant) {
    self.keys = keys
    fetchedAt = now
    isFetching = false
  }

  /// The issuer has not answered.
  public mutating func fetchFailed() { isFetching = false }
}
