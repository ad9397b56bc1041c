import Patterns

/// The deliberate bugs of the scenario.
enum DisasterMutants {
  static let all = [
    Mutant(
      RecoveryShortcut.orphansIncrements.rawValue,
      title: "expiry deletes the full backup that increments build on",
      summary: "Each backup is judged by its own age. The oldest, the full one, goes first, and "
        + "what is kept can no longer be restored.",
      settings: ["keep.last": "2"], caughtBy: .invariant("chains are whole")),
    Mutant(
      RecoveryShortcut.deletesLocked.rawValue,
      title: "a locked backup can be deleted by whoever has the keys",
      summary: "The lock is a flag that the administrator may clear. So may whoever has stolen "
        + "the administrator's keys.",
      settings: ["disaster": "ransomware", "backup.lock": "336h"],
      caughtBy: .invariant("locks hold")),
    Mutant(
      RecoveryShortcut.replaysPastTarget.rawValue,
      title: "replay applies the change that it was to stop before",
      summary: "The check comes after the change. Recovery to just before the drop includes the "
        + "drop.",
      settings: ["disaster": "table-dropped"], caughtBy: .objective("lost_commits < 100")),
    Mutant(
      RecoveryShortcut.archivesEarly.rawValue,
      title: "a segment counts as archived although the upload failed",
      summary: "The archive command returns success before the segment is safe. The primary "
        + "throws it away, and the log has a hole that nobody sees until a restore.",
      settings: ["disaster": "region-lost", "backup.place": "other-region"],
      faults: ["at 80h errors archive 100% for 1h"],
      caughtBy: .objective("rpo < 2 h")),
    Mutant(
      RecoveryShortcut.keepsDiverged.rawValue,
      title: "failback replays the new history over a copy that has one of its own",
      summary:
        "The old site catches up from the log without taking back what only it has. Rows that "
        + "nobody was told of stay, and rows of the new history find their places taken.",
      settings: [
        "disaster": "region-lost", "strategy": "pilot-light", "replica.lag": "5m",
        "disaster.at": "30h", "site.returns": "12h",
      ], caughtBy: .invariant("failback has one history")),
    Mutant(
      RecoveryShortcut.answersEarly.rawValue,
      title: "a synchronous commit is answered before the other zone has it",
      summary:
        "The commit is answered when the primary's own disk has it. When the zone goes, what "
        + "was still on its way is gone although it was answered.",
      settings: ["disaster": "zone-lost", "disaster.at": "30h", "zone.standby": "synchronous"],
      caughtBy: .invariant("answered commits are in two zones")),
  ]
}
