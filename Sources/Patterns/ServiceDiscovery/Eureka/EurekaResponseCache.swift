import Kernel

/// The two caches between a Eureka registry and those who read it.
///
/// A change invalidates the read-write cache at once, but readers are served from the read-only
/// copy, which is compared with the read-write cache every 30 s. So a change is seen up to 30 s
/// late even though the registry knows it. Source: Netflix/eureka, `ResponseCacheImpl`.
public struct EurekaResponseCache: Sendable, Equatable {
  /// What is cached.
  public enum Key: Int, Sendable, Hashable, CaseIterable {
    /// The whole registry.
    case all
    /// The recent changes.
    case delta
  }

  private struct Entry: Sendable, Equatable {
    var value: EurekaApplications
    var written: Instant
  }

  private var readWrite: [Key: Entry] = [:]
  private var readOnly: [Key: EurekaApplications] = [:]

  /// Empty caches.
  public init() {}

  /// Drops what the read-write cache holds: something changed.
  public mutating func invalidate() { readWrite = [:] }

  /// The answer for a reader; `load` makes it from the registry where the caches have none.
  public mutating func value(
    _ key: Key, at now: Instant, options: EurekaServerOptions, load: () -> EurekaApplications
  ) -> EurekaApplications {
    guard options.useReadOnlyResponseCache else { return fresh(key, now, options, load) }
    if let copy = readOnly[key] { return copy }
    let value = fresh(key, now, options, load)
    readOnly[key] = value
    return value
  }

  /// Brings the read-only copies up to date; the timer runs every `responseCacheUpdateIntervalMs`.
  public mutating func refresh(
    at now: Instant, options: EurekaServerOptions, load: (Key) -> EurekaApplications
  ) {
    for key in Key.allCases where readOnly[key] != nil {
      readOnly[key] = fresh(key, now, options) { load(key) }
    }
  }

  private mutating func fresh(
    _ key: Key, _ now: Instant, _ options: EurekaServerOptions, _ load: () -> EurekaApplications
  ) -> EurekaApplications {
    if let entry = readWrite[key], now - entry.written < options.responseCacheAutoExpiration {
      return entry.value
    }
    let value = load()
    readWrite[key] = Entry(value: value, written: now)
    return value
  }
}
