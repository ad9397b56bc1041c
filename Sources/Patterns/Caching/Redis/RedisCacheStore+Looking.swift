import Kernel

/// What Redis tells of a key without using it: none of these counts as a read.
extension RedisCacheStore {
  /// What is known of one key.
  public struct Look: Sendable, Hashable {
    /// What it takes, in bytes, its overhead included; what `MEMORY USAGE` tells.
    public let bytes: Int
    /// When it ends, nil for never.
    public let expiry: Instant?
    /// For how long nobody used it, in whole seconds; what `OBJECT IDLETIME` tells.
    public let idleSeconds: Int
    /// The counter of uses, less what time has taken off; what `OBJECT FREQ` tells.
    public let frequency: Int
  }

  /// What is known of `key`, nil when it is not there; an expired key is not.
  public func look(_ key: UInt64, at now: Instant) -> Look? {
    let slot = Int(index.slot(of: key))
    guard slot != 0 else { return nil }
    let entry = entries[slot - 1]
    if let expiry = entry.expiry, expiry <= now { return nil }
    return Look(
      bytes: entry.bytes, expiry: entry.expiry,
      idleSeconds: Int((now - entry.usedAt).nanoseconds / 1_000_000_000),
      frequency: Int(entry.frequency.decayed(at: now, decayTime: options.decayTime)))
  }

  /// When the first of the keys with a TTL ends, nil when none has one.
  public var firstExpiry: Instant? { entries.compactMap(\.expiry).min() }
}
