import Kernel

/// The timers of a machine: what is due when, and which wake-up was already asked for.
///
/// A host knows only `wakeMe(at:)`; a machine knows why. A wake-up that comes too early or twice
/// finds nothing due and does nothing, so hosts may deliver them generously.
public struct DueTimers<Key: Hashable & Sendable>: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    var key: Key
    var at: Instant
  }

  private var entries: [Entry] = []
  private var asked: Instant?

  /// No timers.
  public init() {}

  /// Sets the timer `key`, replacing what it stood at.
  public mutating func set(_ key: Key, at instant: Instant) {
    cancel(key)
    entries.append(Entry(key: key, at: instant))
  }

  /// Forgets the timer `key`.
  public mutating func cancel(_ key: Key) {
    entries.removeAll { $0.key == key }
  }

  /// When the timer `key` is due, or nil when it is not set.
  public func due(_ key: Key) -> Instant? { entries.first { $0.key == key }?.at }

  /// Takes out the earliest timer that is due at `now`; among equals the one set first.
  public mutating func popDue(at now: Instant) -> Key? {
    var best: Int?
    for (place, entry) in entries.enumerated() where entry.at <= now {
      if let chosen = best, entries[chosen].at <= entry.at { continue }
      best = place
    }
    return best.map { entries.remove(at: $0).key }
  }

  /// Notes that a wake-up arrived at `now`.
  public mutating func woke(at now: Instant) {
    if let asked, asked <= now { self.asked = nil }
  }

  /// The wake-up to ask the host for, or nil when an early enough one is on its way.
  public mutating func wakeUp() -> Instant? {
    guard let next = entries.map(\.at).min() else { return nil }
    if let asked, asked <= next { return nil }
    asked = next
    return next
  }
}
