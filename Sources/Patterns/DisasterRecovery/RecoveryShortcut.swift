/// A wrong way to build backups and recovery that seems to work.
public enum RecoveryShortcut: String, Sendable, Hashable, CaseIterable {
  /// Expiry deletes a full backup that kept increments build on.
  case orphansIncrements = "orphans-increments"
  /// A segment counts as archived when its upload begins.
  case archivesEarly = "archives-early"
  /// Replay applies the change that it was to stop before.
  case replaysPastTarget = "replays-past-target"
  /// A locked copy can be deleted by whoever has the keys.
  case deletesLocked = "deletes-locked"
  /// A failback replays the new history over the old copy without taking back what the old one has
  /// alone.
  case keepsDiverged = "keeps-diverged"
  /// A synchronous commit is answered before the other zone has it.
  case answersEarly = "answers-early"
}
