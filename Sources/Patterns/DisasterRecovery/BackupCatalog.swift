import Kernel

/// What a backup holds.
public enum BackupKind: String, Sendable, Hashable, CaseIterable {
  /// Everything.
  case full
  /// What changed since the last backup of any kind.
  case incremental
  /// What changed since the last full one.
  case differential
}

/// One backup in the catalog.
public struct BackupSet: Sendable, Hashable {
  /// Its number, from 1.
  public let number: Int
  /// What it holds.
  public let kind: BackupKind
  /// The backup that it builds on.
  public let base: Int?
  /// When it was done.
  public let at: Instant
  /// How large it is.
  public let bytes: Double
  /// The database as of then.
  public let content: BaseBackup
  /// Until when nobody can delete it; nil when anybody can.
  public internal(set) var lockedUntil: Instant?
  /// Whether its bytes have rotted; nobody knows before somebody reads them.
  public var isRotten: Bool
}

/// The backups that there are, what each needs, and what may go.
///
/// A restore needs a chain: the set, what it builds on, down to a full one. **Every set that is kept
/// has its whole chain.** **A locked set stays until its lock is over, whoever asks.**
public struct BackupCatalog: Sendable, Hashable {
  /// The sets, oldest first.
  public private(set) var sets: [BackupSet] = []
  /// Locked sets that were deleted, which cannot be.
  public private(set) var brokenLocks = 0
  private var nextNumber = 1
  private let shortcut: RecoveryShortcut?

  /// No backups.
  public init(shortcut: RecoveryShortcut? = nil) { self.shortcut = shortcut }

  /// The set that the next backup of a kind builds on; nil for a full one, or where none fits.
  public func base(for kind: BackupKind) -> BackupSet? {
    switch kind {
    case .full: nil
    case .incremental: sets.last
    case .differential: sets.last { $0.kind == .full }
    }
  }

  /// Adds a backup; one that has nothing to build on is a full one.
  @discardableResult
  public mutating func add(
    _ kind: BackupKind, _ content: BaseBackup, bytes: Double, at now: Instant,
    lockedUntil: Instant? = nil, isRotten: Bool = false
  ) -> BackupSet {
    let base = base(for: kind)
    let set = BackupSet(
      number: nextNumber, kind: base == nil ? .full : kind, base: base?.number, at: now,
      bytes: bytes, content: content, lockedUntil: lockedUntil, isRotten: isRotten)
    nextNumber += 1
    sets.append(set)
    // A lock covers what the set builds on, or it would protect what cannot be restored.
    if let lockedUntil {
      let below = Set((chain(set) ?? []).map(\.number))
      for place in sets.indices where below.contains(sets[place].number) {
        sets[place].lockedUntil = max(lockedUntil, sets[place].lockedUntil ?? lockedUntil)
      }
    }
    return set
  }

  /// What a restore of `set` reads, the full one first; nil when a link is missing.
  public func chain(_ set: BackupSet) -> [BackupSet]? {
    guard let base = set.base else { return [set] }
    guard let below = sets.first(where: { $0.number == base }) else { return nil }
    return chain(below).map { $0 + [set] }
  }

  /// Whether a restore of `set` would work: the chain is whole and every link can be read.
  public func isRestorable(_ set: BackupSet) -> Bool {
    chain(set)?.allSatisfy { !$0.isRotten } ?? false
  }

  /// Lets the bytes of a set rot.
  public mutating func rot(_ number: Int) {
    guard let place = sets.firstIndex(where: { $0.number == number }) else { return }
    sets[place].isRotten = true
  }

  /// Deletes what may be deleted of `numbers`; returns how many went.
  @discardableResult
  public mutating func delete(_ numbers: Set<Int>, at now: Instant) -> Int {
    let before = sets.count
    var broken = 0
    sets.removeAll { set in
      guard numbers.contains(set.number) else { return false }
      let isLocked = set.lockedUntil.map { now < $0 } ?? false
      if isLocked, shortcut == .deletesLocked { broken += 1 }
      return !isLocked || shortcut == .deletesLocked
    }
    brokenLocks += broken
    return before - sets.count
  }

  /// Lets go what a policy does not keep, and keeps what the kept ones build on.
  public mutating func expire(_ policy: RetentionPolicy, at now: Instant) {
    var keep = policy.keptByKind(sets) ?? policy.kept(sets.map { (number: $0.number, at: $0.at) })
    for set in sets where set.lockedUntil.map({ now < $0 }) ?? false { keep.insert(set.number) }
    if shortcut != .orphansIncrements {
      for set in sets.reversed() where keep.contains(set.number) {
        if let base = set.base { keep.insert(base) }
      }
    }
    delete(Set(sets.map(\.number)).subtracting(keep), at: now)
  }

  /// Every kept set has its chain, and no lock was broken.
  public func checkInvariants() -> InvariantViolation? {
    if brokenLocks > 0 {
      return InvariantViolation("locks hold", witness: "\(brokenLocks) locked sets were deleted")
    }
    if let orphan = sets.first(where: { chain($0) == nil }) {
      return InvariantViolation(
        "chains are whole", witness: "set \(orphan.number) builds on one that is gone")
    }
    return nil
  }
}
