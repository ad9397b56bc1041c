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
  /// What is durable: what a process finds when it starts.
  public private(set) var durable: Storage
  /// The writes that are not durable yet, oldest first.
  public private(set) var unsynced: [Storage.Record] = []
  /// Whether writes are refused for want of space.
  public private(set) var isFull = false
  /// Whether syncs are acknowledged without keeping anything.
  public private(set) var isLying = false
  /// How many syncs have ended.
  public private(set) var syncCount = 0
  /// How many writes crashes have lost.
  public private(set) var lostCount = 0

  private let latency: Distribution
  private var random: RandomStream
  private var claimed = 0
  private var covered: Int?

  /// A disk that holds `contents` and whose syncs take as long as drawn from `latency`.
  public init(_ contents: Storage, syncLatency latency: Distribution, random: RandomStream) {
    durable = contents
    self.latency = latency
    self.random = random
  }

  /// Whether a sync is running.
  public var isSyncing: Bool { covered != nil }

  /// Whether there are writes that no finished or running sync covers.
  public var needsSync: Bool { unsynced.count > (covered ?? claimed) }

  /// Writes `record` into the cache; false when the disk is full.
  public mutating func write(_ record: Storage.Record) -> Bool {
    guard !isFull else { return false }
    unsynced.append(record)
    return true
  }

  /// Begins a sync of everything written so far and returns when it ends.
  ///
  /// Nil when one runs already or nothing needs it. `slowdown` stretches the latency.
  public mutating func beginSync(at now: Instant, slowdown: Double = 1) -> Instant? {
    guard !isSyncing, needsSync else { return nil }
    covered = unsynced.count
    let span = latency.sample(&random)
    return now + (slowdown == 1 ? span : span * slowdown)
  }

  /// Ends the running sync and acknowledges it: what it covers is durable, unless the disk lies.
  public mutating func finishSync() {
    guard let covered else { return }
    self.covered = nil
    syncCount += 1
    claimed = covered
    if !isLying { keepClaimed() }
  }

  /// Loses every write that is not durable; a running sync is void.
  public mutating func crash() {
    lostCount += unsynced.count
    unsynced.removeAll(keepingCapacity: true)
    claimed = 0
    covered = nil
  }

  /// Fills the disk up or makes room again.
  public mutating func setFull(_ isFull: Bool) { self.isFull = isFull }

  /// Makes the disk lie about syncs; when that ends, what it has acknowledged becomes durable.
  public mutating func setLying(_ isLying: Bool) {
    self.isLying = isLying
    if !isLying { keepClaimed() }
  }

  private mutating func keepClaimed() {
    for record in unsynced.prefix(claimed) { durable.apply(record) }
    unsynced.removeFirst(claimed)
    covered = covered.map { $0 - claimed }
    claimed = 0
  }
}
