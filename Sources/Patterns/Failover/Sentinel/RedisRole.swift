import Kernel

/// How a Redis server behaves that Sentinels command.
///
/// Source: redis/redis redis.conf (`min-replicas-to-write` 0, `min-replicas-max-lag` 10 s,
/// `replica-priority` 100).
public struct RedisOptions: Sendable, Hashable {
  /// Who is the primary when nobody has said anything yet.
  public var firstPrimary: NodeID
  /// How many replicas must be there for a primary to take writes (`min-replicas-to-write`).
  public var minReplicas: Int
  /// How old the last sign of such a replica may be (`min-replicas-max-lag`), in whole seconds.
  public var maxLag: TimeSpan
  /// Lower is preferred, 0 is never promoted (`replica-priority`).
  public var priority: Int
  /// How long a replica takes to copy a new primary's data, during which it follows nobody.
  public var syncTime: TimeSpan

  /// Options.
  public init(
    firstPrimary: NodeID, minReplicas: Int = 0, maxLag: TimeSpan = .seconds(10),
    priority: Int = 100, syncTime: TimeSpan = .zero
  ) {
    self.firstPrimary = firstPrimary
    self.minReplicas = minReplicas
    self.maxLag = maxLag
    self.priority = priority
    self.syncTime = syncTime
  }
}

/// Whether a Redis server is a primary, or whose replica: it is what it was told last.
///
/// **It decides nothing.** A primary that comes back is a primary until a Sentinel tells it
/// otherwise, since that is what its configuration file says.
public struct RedisRole: Sendable, Hashable {
  /// What the configuration file keeps.
  public struct Kept: Sendable, Hashable {
    /// Whom it follows; nil for a primary.
    public var primary: NodeID?
    /// Stands for the replication id: what is written under a later primary has a higher one.
    public var token: Int
  }

  /// The options.
  public let options: RedisOptions
  /// What the configuration file keeps.
  public private(set) var kept: Kept
  /// How many replicas were near enough at the last count.
  public private(set) var goodReplicas = 0
  private var followsSince: Instant
  private var heardAt: Instant?
  private var countedAt: Instant?

  /// How long after the last sign of its primary a replica calls the link down: there is one
  /// each half second.
  private static let linkPatience = TimeSpan.milliseconds(1_200)

  /// A server with what its configuration file keeps.
  public init(_ me: NodeID, _ options: RedisOptions, kept: Kept?, at now: Instant) {
    self.options = options
    let first = options.firstPrimary == me ? nil : options.firstPrimary
    self.kept = kept ?? Kept(primary: first, token: first == nil ? 1 : 0)
    followsSince = now
  }

  /// The token of a primary; nil for a replica.
  public var token: Int? { kept.primary == nil ? kept.token : nil }

  /// It becomes a primary, in that epoch.
  public mutating func promote(epoch: Int) {
    kept = Kept(primary: nil, token: epoch + 1)
    goodReplicas = 0
    countedAt = nil
  }

  /// It follows `primary` from now on, once it has copied what that has.
  public mutating func follow(_ primary: NodeID, at now: Instant) {
    kept = Kept(primary: primary, token: 0)
    followsSince = now + options.syncTime
    heardAt = nil
  }

  /// Whether it takes what `leader` sends; notes the sign of life.
  public mutating func hears(_ leader: NodeID, at now: Instant) -> Bool {
    guard kept.primary == leader, now >= followsSince else { return false }
    heardAt = now
    return true
  }

  /// For how long its link to the primary is down.
  public func linkDownFor(at now: Instant) -> TimeSpan {
    guard kept.primary != nil else { return .zero }
    guard let heardAt else { return max(.nanoseconds(1), now - followsSince) }
    let silent = now - heardAt
    return silent > Self.linkPatience ? silent : .zero
  }

  /// Counts, once a second, the replicas that were heard recently enough.
  public mutating func countReplicas(_ heard: [Instant?], at now: Instant) {
    if let countedAt, now - countedAt < .seconds(1) { return }
    countedAt = now
    func seconds(_ instant: Instant) -> Int64 { instant.nanoseconds / 1_000_000_000 }
    let most = options.maxLag.nanoseconds / 1_000_000_000
    goodReplicas = heard.count { sign in
      sign.map { seconds(now) - seconds($0) <= most } ?? false
    }
  }

  /// Whether a primary has replicas enough to take a write.
  public var takesWrites: Bool { goodReplicas >= options.minReplicas }
}
