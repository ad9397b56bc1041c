import Kernel

/// Which backups are kept: the newest so many, and the newest of so many days, weeks and months.
///
/// A set that two rules keep counts for both, so sons, fathers and grandfathers overlap. A policy by
/// kind counts full and differential backups instead, and lets what builds on them go with them.
///
/// Source: restic forget, --keep-last, --keep-daily, --keep-weekly, --keep-monthly; pgBackRest,
/// repo-retention-full and repo-retention-diff.
public struct RetentionPolicy: Sendable, Hashable {
  /// The newest so many.
  public var last: Int
  /// The newest of each of so many days that have one.
  public var daily: Int
  /// The same for weeks.
  public var weekly: Int
  /// The same for months of 30 days.
  public var monthly: Int
  /// So many full backups with all that builds on them; 0 is no limit.
  public var fulls: Int
  /// So many differentials, a full one counting as a differential here; 0 is no limit.
  public var differentials: Int

  /// A policy; with nothing set nothing is ever deleted.
  public init(
    last: Int = 0, daily: Int = 0, weekly: Int = 0, monthly: Int = 0, fulls: Int = 0,
    differentials: Int = 0
  ) {
    self.last = last
    self.daily = daily
    self.weekly = weekly
    self.monthly = monthly
    self.fulls = fulls
    self.differentials = differentials
  }

  /// The numbers of the sets that are kept; `sets` are oldest first.
  public func kept(_ sets: [(number: Int, at: Instant)]) -> Set<Int> {
    guard last + daily + weekly + monthly > 0 else { return Set(sets.map(\.number)) }
    var keep = Set(sets.suffix(last).map(\.number))
    for (count, days) in [(daily, 1), (weekly, 7), (monthly, 30)] {
      var seen: Set<Int64> = []
      for set in sets.reversed() where seen.count < count {
        let slot = set.at.nanoseconds / (Int64(days) * 86_400_000_000_000)
        if seen.insert(slot).inserted { keep.insert(set.number) }
      }
    }
    return keep
  }

  /// The numbers of the sets that a policy by kind keeps; nil when there is no such limit.
  public func keptByKind(_ sets: [BackupSet]) -> Set<Int>? {
    guard fulls + differentials > 0 else { return nil }
    var gone: Set<Int> = []
    if fulls > 0 {
      gone.formUnion(sets.filter { $0.kind == .full }.dropLast(fulls).map(\.number))
    }
    if differentials > 0 {
      let counted = sets.filter { $0.kind != .incremental }.dropLast(differentials)
      gone.formUnion(counted.filter { $0.kind == .differential }.map(\.number))
    }
    // Sets are oldest first, so that what one builds on has been judged before it.
    for set in sets where set.base.map({ gone.contains($0) }) ?? false { gone.insert(set.number) }
    return Set(sets.map(\.number)).subtracting(gone)
  }
}
