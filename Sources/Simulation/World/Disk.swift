import Kernel

/// The disk of one node: writes go to a cache first and survive a crash only once synced.
///
/// A sync makes durable what was written before it began; writes that come while it runs wait for
/// the next one (group commit). A crash loses exactly the writes that are not durable. A disk that
/// lies (`lose`) acknowledges syncs but keeps nothing until the lying ends, like a drive with a
/// volatile write cache that ignores flushes.
///
/// Source: Pillai and others, "All file systems are not created equal" (OSDI 2014), for what a
/// crash may lose; torn and reordered writes are left out.
public struct Disk<Storage: StableStorage>: Sendable {
  @usableFromInline var kept: Storage
  @usableFromInline var pending: [Storage.Record] = []
  @usableFromInline var full = false
  @usableFromInline var lying = false
  @usableFromInline var syncs = 0
  @usableFromInline var losses = 0
  @usableFromInline let latency: Distribution
  @usableFromInline var random: RandomStream
  /// How many of the pending writes a lying disk has acknowledged.
  @usableFromInline var claimed = 0
  /// How many of the pending writes the running sync covers.
  @usableFromInline var covered: Int?

  /// A disk that holds `contents` and whose syncs take as long as drawn from `latency`.
  @inlinable public init(
    _ contents: Storage, syncLatency latency: Distribution, random: RandomStream
  ) {
    kept = contents
    self.latency = latency
    self.random = random
  }

  /// What is durable: what a process finds when it starts.
  @inlinable public var durable: Storage { kept }

  /// The writes that are not durable yet, oldest first.
  @inlinable public var unsynced: [Storage.Record] { pending }

  /// Whether writes are refused for want of space.
  @inlinable public var isFull: Bool { full }

  /// Whether syncs are acknowledged without keeping anything.
  @inlinable public var isLying: Bool { lying }

  /// How many syncs have ended.
  @inlinable public var syncCount: Int { syncs }

  /// How many writes crashes have lost.
  @inlinable public var lostCount: Int { losses }

  /// Whether a sync is running.
  @inlinable public var isSyncing: Bool { covered != nil }

  /// Whether there are writes that no finished or running sync covers.
  @inlinable public var needsSync: Bool { pending.count > (covered ?? claimed) }

  /// Writes `record` into the cache; false when the disk is full.
  @inlinable public mutating func write(_ record: Storage.Record) -> Bool {
    guard !full else { return false }
    pending.append(record)
    return true
  }

  /// Begins a sync of everything written so far and returns when it ends.
  ///
  /// Nil when one runs already or nothing needs it. `slowdown` stretches the latency.
  @inlinable public mutating func beginSync(at now: Instant, slowdown: Double = 1) -> Instant? {
    guard !isSyncing, needsSync else { return nil }
    covered = pending.count
    let span = latency.sample(&random)
    return now + (slowdown == 1 ? span : span * slowdown)
  }

  /// Ends the running sync and acknowledges it: what it covers is durable, unless the disk lies.
  @inlinable public mutating func finishSync() {
    guard let covered else { return }
    self.covered = nil
    syncs += 1
    claimed = covered
    if !lying { keepClaimed() }
  }

  /// Loses every write that is not durable; a running sync is void.
  @inlinable public mutating func crash() {
    losses += pending.count
    pending.removeAll(keepingCapacity: true)
    claimed = 0
    covered = nil
  }

  /// Fills the disk up or makes room again.
  @inlinable public mutating func setFull(_ isFull: Bool) { full = isFull }

  /// Makes the disk lie about syncs; when that ends, what it has acknowledged becomes durable.
  @inlinable public mutating func setLying(_ isLying: Bool) {
    lying = isLying
    if !lying { keepClaimed() }
  }

  @inlinable mutating func keepClaimed() {
    for record in pending.prefix(claimed) { kept.apply(record) }
    pending.removeFirst(claimed)
    covered = covered.map { $0 - claimed }
    claimed = 0
  }
}
