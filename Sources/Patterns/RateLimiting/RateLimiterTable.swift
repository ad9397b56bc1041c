import Kernel

/// A limiter for each key, in bounded memory: the key not used for longest makes room.
///
/// **What one key does never changes a decision about another**, as long as no key is evicted. An
/// evicted key begins afresh, with a full burst.
public struct RateLimiterTable<Key: Hashable & Sendable>: Sendable {
  private struct Slot: Sendable {
    var key: Key
    var limiter: RateLimiter
    var newer: Int
    var older: Int
  }

  /// Keys held at most; at least 1.
  public let capacity: Int
  /// Keys that were evicted to make room.
  public private(set) var evictions = 0
  private let template: RateLimiter
  private var slots: [Slot] = []
  private var places: [Key: Int] = [:]
  private var newest = -1
  private var oldest = -1

  /// A table for `capacity` keys, whose limiters begin as `template`.
  public init(_ template: RateLimiter, capacity: Int) {
    precondition(capacity > 0, "a table holds at least one key")
    self.template = template
    self.capacity = capacity
  }

  /// Keys held.
  public var count: Int { slots.count }

  /// The limiter of `key` as it stands, nil when it is not held; leaves the order of use alone.
  public func limiter(of key: Key) -> RateLimiter? { places[key].map { slots[$0].limiter } }

  /// What `acquire` would say; changes nothing, the order of use included.
  public func peek(_ key: Key, cost: Int = 1, at now: Instant) -> RateDecision {
    (limiter(of: key) ?? template).peek(cost: cost, at: now)
  }

  /// Decides about a request with `key`.
  public mutating func acquire(_ key: Key, cost: Int = 1, at now: Instant) -> RateDecision {
    let place = touch(key)
    return slots[place].limiter.acquire(cost: cost, at: now)
  }

  /// A request with `key` has ended.
  public mutating func release(_ key: Key, _ cost: Int = 1) {
    if let place = places[key] { slots[place].limiter.release(cost) }
  }

  /// Makes `key` the newest, making room when it must.
  private mutating func touch(_ key: Key) -> Int {
    if let place = places[key] {
      guard place != newest else { return place }
      unlink(place)
      link(place)
      return place
    }
    let place: Int
    if slots.count < capacity {
      place = slots.count
      slots.append(Slot(key: key, limiter: template, newer: -1, older: -1))
    } else {
      place = oldest
      unlink(place)
      places[slots[place].key] = nil
      evictions += 1
      slots[place] = Slot(key: key, limiter: template, newer: -1, older: -1)
    }
    places[key] = place
    link(place)
    return place
  }

  private mutating func unlink(_ place: Int) {
    let (newer, older) = (slots[place].newer, slots[place].older)
    if newer >= 0 { slots[newer].older = older } else { newest = older }
    if older >= 0 { slots[older].newer = newer } else { oldest = newer }
  }

  private mutating func link(_ place: Int) {
    slots[place].newer = -1
    slots[place].older = newest
    if newest >= 0 { slots[newest].newer = place } else { oldest = place }
    newest = place
  }
}
