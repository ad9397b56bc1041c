import Kernel
import Patterns

extension RecoveryPreset {
  static let conf = "postgres/postgres src/backend/utils/misc/postgresql.conf.sample"

  static let postgresqlTool = ToolPreset(
    id: RecoveryPreset.postgresql.rawValue, title: "PostgreSQL 15, archiving and recovery",
    knobs: [
      Knob(
        "archive_timeout", .span(.zero...(.hours(24))), standard: .span(.zero), source: conf,
        "Force a switch to the next segment after so long; 0 disables."),
      Knob(
        "recovery_target_inclusive", .flag, standard: .flag(true), source: conf,
        "Stop just after the target, or just before."),
      Knob(
        "recovery_target_action", .choice(["pause", "promote", "shutdown"]),
        standard: .word("pause"), source: conf, "What to do at the target."),
      Knob(
        "recovery_target_timeline", .choice(["latest", "current"]), standard: .word("latest"),
        source: conf, "Which timeline to follow."),
    ],
    leavesOut: [
      "archive_mode is on here; its default is off.",
      "A timeline by number, and the history files themselves.",
    ])

  static let resticTool = ToolPreset(
    id: RecoveryPreset.restic.rawValue, title: "restic forget",
    knobs: ["last", "daily", "weekly", "monthly"].map { word in
      Knob(
        "keep-\(word)", .integer(0...1_000), standard: .integer(0),
        source: "restic 0.14.0, restic forget --help",
        word == "last" ? "Keep the last n snapshots." : "Keep the last n \(word) snapshots.")
    },
    leavesOut: [
      "Snapshots of restic do not build on each other; here increments do, and are kept whole.",
      "keep-hourly, keep-yearly, keep-within and tags.",
    ])

  static let pgbackrestHelp = "pgBackRest 2.45, pgbackrest help"

  static let pgbackrestTool = ToolPreset(
    id: RecoveryPreset.pgbackrest.rawValue, title: "pgBackRest 2.45, backup, expire and restore",
    knobs: [
      Knob(
        "type", .choice(["full", "diff", "incr"]), standard: .word("incr"),
        source: "\(pgbackrestHelp) backup type: incr",
        "What a backup is; one that has nothing to build on is full."),
      Knob(
        "repo1-retention-full", .integer(0...1_000), standard: .integer(0),
        source: "\(pgbackrestHelp) expire repo-retention-full: not set, with a warning",
        "Full backups that are kept; what builds on an expired one expires with it. 0 is not set."),
      Knob(
        "repo1-retention-diff", .integer(0...1_000), standard: .integer(0),
        source: "\(pgbackrestHelp) expire repo-retention-diff: not set",
        "Differential backups that are kept, full ones counting. 0 is not set."),
      Knob(
        "archive-push-queue-max", .number(0...1e13, .bytes), standard: .number(0),
        source: "\(pgbackrestHelp) archive-push archive-push-queue-max: not set",
        "How much log may wait before it is dropped and called archived. 0 is not set."),
      Knob(
        "target-action", .choice(["pause", "promote", "shutdown"]), standard: .word("pause"),
        source: "\(pgbackrestHelp) restore target-action: pause", "What to do at the target."),
      Knob(
        "target-exclusive", .flag, standard: .flag(false),
        source: "\(pgbackrestHelp) restore target-exclusive: n",
        "Stop just before the target."),
    ],
    leavesOut: [
      "repo1-retention-full-type=time, retention of the log apart from backups, several "
        + "repositories.",
      "archive-async and process-max, which only make it quicker; bundles and block increments.",
    ])
}
