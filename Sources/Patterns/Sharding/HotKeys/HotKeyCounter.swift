import Kernel

/// Finds the keys that get most of the requests with a handful of counters: Space-Saving, with
/// counts that fade.
///
/// A request for a key that has a counter adds to it; a request for another key takes over the
/// smallest counter, whose count it inherits as its possible error. So no key with more than
/// 1/capacity of the requests is missed. Every `halfLife` all counts are halved, so that yesterday's
/// celebrity is forgotten.
///
/// Source: Metwally, Agrawal and El Abbadi, "Efficient computation of frequent and top-k elements in
/// data streams" (2005).
public struct HotKeyCounter: Sendable, Equatable {
  private struct Entry: Sendable, Equatable {
    var key: Int
    var count: Double
    var error: Double
  }

  private var entries: [Entry] = []
  /// The most keys that are counted at a time.
  public let capacity: Int
  /// The span after which counts are halved.
  public let halfLife: TimeSpan
  /// The requests counted, faded like the counts.
  public private(set) var total = 0.0
  private var fadesAt: Instant
  private let dropsBusiest: Bool

  /// A counter of `capacity` keys; `shortcut` is a wrong way to build it, for drills.
  public init(
    capacity: Int = 16, halfLife: TimeSpan = .seconds(2), shortcut: ShardingShortcut? = nil
  ) {
    dropsBusiest = shortcut == .dropsBusiest
    precondition(capacity > 0, "a counter needs room for a key")
    self.capacity = capacity
    self.halfLife = halfLife
    fadesAt = .zero + halfLife
  }

  /// Counts a request for `key`; allocates nothing once every counter is in use.
  public mutating func count(_ key: Int, at now: Instant) {
    fade(at: now)
    total += 1
    var smallest = 0
    for place in entries.indices {
      if entries[place].key == key {
        entries[place].count += 1
        return
      }
      let isSmaller = entries[place].count < entries[smallest].count
      if dropsBusiest != isSmaller { smallest = place }
    }
    guard entries.count == capacity else {
      entries.append(Entry(key: key, count: 1, error: 0))
      return
    }
    let inherited = entries[smallest].count
    entries[smallest] = Entry(key: key, count: inherited + 1, error: inherited)
  }

  /// The share of the requests that `key` surely got: its count without the possible error.
  public func share(of key: Int) -> Double {
    guard total > 0, let entry = entries.first(where: { $0.key == key }) else { return 0 }
    return (entry.count - entry.error) / total
  }

  /// The key with the largest sure share, and that share; nil before the first request.
  public var top: (key: Int, share: Double)? {
    guard total > 0 else { return nil }
    var best: Entry?
    for entry in entries
    where best.map({ entry.count - entry.error > $0.count - $0.error }) ?? true {
      best = entry
    }
    return best.map { ($0.key, ($0.count - $0.error) / total) }
  }

  /// Whether `key` surely got at least `threshold` of at least `least` requests.
  public func isHot(_ key: Int, threshold: Double, least: Double = 100) -> Bool {
    total >= least && share(of: key) >= threshold
  }

  private mutating func fade(at now: Instant) {
    while now >= fadesAt {
      for place in entries.indices {
        entries[place].count /= 2
        entries[place].error /= 2
      }
      total /= 2
      fadesAt += halfLife
    }
  }
}
