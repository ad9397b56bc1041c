import Kernel

/// Which consumer an API key belongs to: a word that is looked up, and nothing more.
///
/// A key has no dates and no signature. It counts until it is taken away, and whoever has it is the
/// consumer. That is why it is rotated with an overlap: the new one first, then the old one goes.
///
/// **A key that was revoked never finds a consumer again. No two consumers have the same key.**
public struct APIKeyTable: Sendable, Hashable {
  private struct Entry: Sendable, Hashable {
    let key: Int
    let consumer: Int
    var isRevoked = false
  }

  private var entries: [Entry] = []

  /// A table without keys.
  public init() {}

  /// Makes a key for `consumer`; keys that it has go on to count.
  public mutating func issue(to consumer: Int) -> Int {
    let key = entries.count + 1
    entries.append(Entry(key: key, consumer: consumer))
    return key
  }

  /// Takes a key away; false when there is no such key.
  public mutating func revoke(_ key: Int) -> Bool {
    guard let place = entries.firstIndex(where: { $0.key == key }) else { return false }
    entries[place].isRevoked = true
    return true
  }

  /// The consumer of `key`, or nil when it is unknown or was revoked.
  public func consumer(of key: Int) -> Int? {
    entries.first { $0.key == key && !$0.isRevoked }?.consumer
  }

  /// The keys that were revoked, oldest first: what a node asks for to bring its memory up to date.
  public var revoked: [Int] { entries.filter(\.isRevoked).map(\.key) }
}

/// What a gateway remembers of the table of keys, so that it need not ask for every request.
///
///     unknown ──ask──▶ known ──life over, or told that it was revoked──▶ unknown
///
/// **A key that was revoked is taken for at most the life of what is remembered, and no longer than
/// until the node hears of it.**
///
/// Source: Kong keeps credentials until told (`db_cache_ttl` 0) and asks for changes every 5 s
/// (`db_update_frequency`), in kong/templates/kong_defaults.lua of github.com/Kong/kong.
public struct APIKeyCache: Sendable, Hashable {
  /// What there is to a key.
  public enum Lookup: Sendable, Hashable {
    /// It is this consumer's.
    case consumer(Int)
    /// There is no such key, or it was revoked.
    case unknown
    /// The table must be asked.
    case ask
  }

  private struct Entry: Sendable, Hashable {
    let key: Int
    let consumer: Int?
    let askedAt: Instant
  }

  /// How long an answer is remembered; zero for not at all, nil for ever.
  public let life: TimeSpan?
  /// A wrong way to build it, for drills; nil for the right one.
  public let shortcut: GatewayShortcut?
  private var entries: [Entry] = []
  private static let capacity = 1_000

  /// A cache that knows nothing.
  public init(life: TimeSpan? = .zero, shortcut: GatewayShortcut? = nil) {
    self.life = life
    self.shortcut = shortcut
  }

  /// What there is to `key`; `again` when the table has just been asked.
  public func look(up key: Int, again: Bool, at now: Instant) -> Lookup {
    guard let entry = entries.first(where: { $0.key == key }) else { return .ask }
    let isFresh = life.map { now < entry.askedAt + $0 } ?? true
    guard isFresh || again || shortcut == .forgetsNoKey else { return .ask }
    return entry.consumer.map { .consumer($0) } ?? .unknown
  }

  /// The table has answered a question that was asked at `asked`.
  public mutating func answered(_ key: Int, _ consumer: Int?, askedAt asked: Instant) {
    forget(key)
    if entries.count == Self.capacity { entries.removeFirst() }
    entries.append(Entry(key: key, consumer: consumer, askedAt: asked))
  }

  /// The node has heard that these keys were revoked.
  public mutating func revoked(_ keys: [Int]) {
    if shortcut == .forgetsNoKey { return }
    for key in keys { forget(key) }
  }

  private mutating func forget(_ key: Int) { entries.removeAll { $0.key == key } }
}
