/// Redis's `maxmemory-policy`: which keys may go, and by what they are compared.
///
/// Source: github.com/redis/redis redis.conf.
public enum RedisEvictionPolicy: String, Sendable, Hashable, CaseIterable {
  /// Nothing goes: writes that could grow memory are refused. The default.
  case noeviction
  /// Of all keys, nearly the one used longest ago.
  case allkeysLRU = "allkeys-lru"
  /// Of all keys, nearly the one used least often.
  case allkeysLFU = "allkeys-lfu"
  /// Of all keys, any.
  case allkeysRandom = "allkeys-random"
  /// Of keys with a TTL, nearly the one used longest ago.
  case volatileLRU = "volatile-lru"
  /// Of keys with a TTL, nearly the one used least often.
  case volatileLFU = "volatile-lfu"
  /// Of keys with a TTL, any.
  case volatileRandom = "volatile-random"
  /// Of keys with a TTL, nearly the one that expires first.
  case volatileTTL = "volatile-ttl"

  /// Whether only keys with a TTL may go.
  public var isVolatileOnly: Bool {
    switch self {
    case .volatileLRU, .volatileLFU, .volatileRandom, .volatileTTL: true
    case .noeviction, .allkeysLRU, .allkeysLFU, .allkeysRandom: false
    }
  }

  /// Whether keys carry a counter of uses instead of a time.
  public var isByFrequency: Bool { self == .allkeysLFU || self == .volatileLFU }
}
