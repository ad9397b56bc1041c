import Kernel
import Patterns

/// The knobs of the disaster-recovery scenario.
enum DisasterKnobs {
  private static let postgres = "PostgreSQL postgresql.conf.sample: archive_timeout = 0"
  private static let restic = "restic-forget(1): 0, nothing is deleted"

  static let design: [Knob] = [
    Knob(
      "strategy", .choice(RecoveryStrategy.allCases.map(\.rawValue)),
      standard: .word("backup-and-restore"),
      "What the second region holds: nothing, a replica, a small stack, a full one."),
    Knob(
      "zone.standby", .choice(CopyMode.allCases.map(\.rawValue)), standard: .word("none"),
      "A copy in another zone of the region: commits wait for it when it is synchronous."),
    Knob(
      "answer", .choice(["recovery", "failover"]), standard: .word("recovery"),
      "What is done to a dropped table: recovery from a backup, or promotion of the standby."),
    Knob(
      "archive.timeout", .span(.zero...(.hours(24))), standard: .span(.zero), source: postgres,
      "How long a log segment may stay open before it is shipped as it is; 0 waits until full."),
    Knob(
      "backup.place", .choice(BackupPlace.allCases.map(\.rawValue)), standard: .word("same-region"),
      "Where backups and archived log lie."),
    Knob(
      "backup.kind", .choice(["full", "incremental", "differential"]),
      standard: .word("incremental"), "What the backups between two full ones hold."),
    Knob(
      "backup.every", .span(.hours(1)...(.hours(24 * 7))), standard: .span(.hours(24)),
      "The time between two backups."),
    Knob(
      "backup.full.every", .span(.hours(1)...(.hours(24 * 60))), standard: .span(.hours(24 * 7)),
      "The time between two full backups."),
    Knob(
      "keep.last", .integer(0...1_000), standard: .integer(0), source: restic,
      "The newest so many backups are kept; with all three at 0 nothing is deleted."),
    Knob(
      "keep.daily", .integer(0...1_000), standard: .integer(0), source: restic,
      "The newest backup of so many days is kept."),
    Knob(
      "keep.weekly", .integer(0...1_000), standard: .integer(0), source: restic,
      "The newest backup of so many weeks is kept."),
    Knob(
      "backup.lock", .span(.zero...(.hours(24 * 90))), standard: .span(.zero),
      "How long nobody, with any key, can delete a backup or the log it needs; 0 is not at all."),
    Knob(
      "restore.test.every", .span(.zero...(.hours(24 * 30))), standard: .span(.zero),
      "How often the newest backup is restored to see if it can be; 0 is never."),
    Knob(
      "apply.delay", .span(.zero...(.hours(48))), standard: .span(.zero),
      source: "PostgreSQL recovery_min_apply_delay: 0",
      "How long the standby holds changes back before it applies them."),
    Knob(
      "failback", .choice(Failback.allCases.map(\.rawValue)), standard: .word("rewind"),
      "What is done when a lost site is back: nothing, send clients there, rewind it, copy it anew."
    ),
    Knob(
      "dns.ttl", .span(.seconds(1)...(.hours(24))), standard: .span(.minutes(1)),
      "How long clients go to the old address."),
    Knob(
      "decide", .span(.zero...(.hours(4))), standard: .span(.minutes(15)),
      "How long people take to declare the disaster."),
    Knob(
      "wal.disk", .number(1e8...1e13, .bytes), standard: .number(5e10),
      "How much log fits on the primary's disk while the archive does not take it."),
  ]

  static let load: [Knob] = [
    Knob(
      "disaster", .choice(Disaster.allCases.map(\.rawValue)), standard: .word("table-dropped"),
      role: .load, "What happens."),
    Knob(
      "disaster.at", .span(.hours(2)...(.hours(24 * 20))), standard: .span(.hours(86)),
      role: .load, "When it happens."),
    Knob(
      "rate", .number(0.001...1, .perSecond), standard: .number(0.1), role: .load,
      "Commits a second."),
    Knob(
      "commit.bytes", .number(100...1e8, .bytes), standard: .number(1e6), role: .load,
      "How much log a commit writes."),
    Knob(
      "quiet.from", .span(.zero...(.hours(24 * 20))), standard: .span(.zero), role: .load,
      "From when on the commits are a hundredth as many; 0 is never."),
    Knob(
      "data.size", .number(1e9...1e14, .bytes), standard: .number(1e12), role: .load,
      "How large the database is."),
    Knob(
      "change.share", .number(0...1, .fraction), standard: .number(0.05), role: .load,
      "What share of it changes in a day."),
    Knob(
      "restore.rate", .number(1e6...1e11, .bytes), standard: .number(2e8), role: .load,
      "Bytes a second that a restore reads."),
    Knob(
      "replay.rate", .number(1e6...1e10, .bytes), standard: .number(5e7), role: .load,
      "Bytes of log a second that are replayed."),
    Knob(
      "replica.lag", .span(.zero...(.hours(1))), standard: .span(.seconds(1)), role: .load,
      "How long a change takes to the standby, on average."),
    Knob(
      "zone.lag", .span(.zero...(.minutes(1))), standard: .span(.milliseconds(1)), role: .load,
      "How long a change takes to the other zone, on average."),
    Knob(
      "zone.detect", .span(.zero...(.hours(1))), standard: .span(.seconds(30)), role: .load,
      "How long a machine takes to see that a zone is gone and to promote the copy."),
    Knob(
      "site.returns", .span(.zero...(.hours(60))), standard: .span(.zero), role: .load,
      "How long after its loss a site is back, its disks as they were; 0 is never."),
    Knob(
      "detect", .span(.zero...(.hours(240))), standard: .span(.minutes(5)), role: .load,
      "How long until somebody notices."),
    Knob(
      "provision", .span(.zero...(.hours(12))), standard: .span(.minutes(30)), role: .load,
      "How long a full stack of servers takes to set up; a standing one takes less."),
    Knob(
      "check.time", .span(.zero...(.hours(4))), standard: .span(.minutes(10)), role: .load,
      "How long people look at the result before they let customers in."),
    Knob(
      "rot", .number(0...1, .fraction), standard: .number(0), role: .load,
      "The chance that a backup cannot be read, which nobody sees."),
    Knob(
      "backups.broken.from", .span(.zero...(.hours(24 * 20))), standard: .span(.zero),
      role: .load, "From when on the backup job silently writes nothing; 0 is never."),
  ]

  static let all = design + load
}
