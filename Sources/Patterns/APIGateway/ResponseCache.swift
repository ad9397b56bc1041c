import Kernel

/// Answers kept at the gateway, by path and, where it is so set, by consumer.
///
/// A shared cache must not keep an answer that the upstream calls private. Whether it looks is a
/// setting, and in more than one tool it is off until somebody turns it on.
///
/// **An answer is given out only within its life, and under the key that it was kept under.**
///
/// Source: RFC 9111 section 3 (`private`); Kong proxy-cache `cache_control: false`, `cache_ttl: 300`
/// (github.com/Kong/kong kong/plugins/proxy-cache/schema.lua @0135d1483aec).
public struct ResponseCache: Sendable, Hashable {
  /// What can be set.
  public struct Options: Sendable, Hashable {
    /// How long an answer is kept; zero for no cache.
    public var life = TimeSpan.zero
    /// Whether the consumer is part of the key.
    public var variesByConsumer = false
    /// Whether answers that are marked private are left alone.
    public var honoursPrivate = false
    /// Answers kept at most; the oldest goes first.
    public var capacity = 1_000

    /// No cache.
    public init() {}
  }

  /// One answer: for whom it was made, and whether it is that consumer's alone.
  public struct Entry: Sendable, Hashable {
    /// The path.
    public let path: String
    /// The consumer for whom it was made.
    public let consumer: Int
    /// Whether the upstream has marked it private.
    public let isPrivate: Bool
    /// When it is too old.
    public let until: Instant
  }

  /// The options.
  public let options: Options
  /// The answers, oldest first.
  public private(set) var entries: [Entry] = []

  /// An empty cache.
  public init(_ options: Options = Options()) { self.options = options }

  /// The answer kept for `consumer` asking for `path`, or nil.
  public func answer(to path: String, for consumer: Int, at now: Instant) -> Entry? {
    guard options.life > .zero else { return nil }
    return entries.first { entry in
      entry.path == path && now < entry.until
        && (!options.variesByConsumer || entry.consumer == consumer)
    }
  }

  /// Keeps an answer, unless the settings are against it.
  public mutating func keep(
    _ path: String, for consumer: Int, isPrivate: Bool, at now: Instant
  ) {
    guard options.life > .zero, !(isPrivate && options.honoursPrivate) else { return }
    entries.removeAll { entry in
      now >= entry.until
        || (entry.path == path && (!options.variesByConsumer || entry.consumer == consumer))
    }
    if entries.count >= options.capacity { entries.removeFirst() }
    entries.append(
      Entry(path: path, consumer: consumer, isPrivate: isPrivate, until: now + options.life))
  }
}
