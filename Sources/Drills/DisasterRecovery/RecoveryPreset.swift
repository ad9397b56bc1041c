import Kernel
import Patterns

/// The tools that the recovery bench can stand for, under their own parameter names.
enum RecoveryPreset: String, CaseIterable {
  case plain
  case postgresql
  case restic

  static let plainKnobs: [Knob] = [
    Knob(
      "archive.timeout", .span(.zero...(.hours(24))), standard: .span(.zero),
      "How long a log segment may stay open before it is shipped as it is; 0 waits until full."),
    Knob("inclusive", .flag, standard: .flag(true), "Whether what lies at the target is applied."),
    Knob(
      "action", .choice(RecoveryOptions.Action.allCases.map(\.rawValue)), standard: .word("pause"),
      "What is done at the target."),
    Knob(
      "timeline", .choice(["latest", "current"]), standard: .word("latest"),
      "Which branch of history is followed."),
    Knob(
      "backup.lock", .span(.zero...(.hours(24 * 90))), standard: .span(.zero),
      "How long nobody can delete a backup."),
    Knob("keep.last", .integer(0...1_000), standard: .integer(0), "The newest so many are kept."),
    Knob("keep.daily", .integer(0...1_000), standard: .integer(0), "One of each of so many days."),
    Knob(
      "keep.weekly", .integer(0...1_000), standard: .integer(0), "One of each of so many weeks."),
    Knob(
      "keep.monthly", .integer(0...1_000), standard: .integer(0),
      "One of each of so many months of 30 days."),
    Knob(
      "commit.bytes", .number(100...16e6, .bytes), standard: .number(1e6), role: .load,
      "How much log a commit writes."),
    Knob(
      "data.size", .number(1e9...1e14, .bytes), standard: .number(1e11), role: .load,
      "How large a full backup is."),
    Knob(
      "change.share", .number(0...1, .fraction), standard: .number(0.05), role: .load,
      "What share changes in a day."),
  ]

  var knobs: [Knob] { tool?.knobs ?? Self.plainKnobs }

  var tool: ToolPreset? {
    switch self {
    case .plain: nil
    case .postgresql: Self.postgresqlTool
    case .restic: Self.resticTool
    }
  }

  /// The settings of the plain bench that `settings` of this preset stand for.
  func plainSettings(_ settings: Settings) -> Settings {
    var all = Settings(Self.plainKnobs)
    let names: [(String, String)] =
      switch self {
      case .plain: settings.knobs.map { ($0.name, $0.name) }
      case .postgresql:
        [
          ("archive.timeout", "archive_timeout"), ("inclusive", "recovery_target_inclusive"),
          ("action", "recovery_target_action"), ("timeline", "recovery_target_timeline"),
        ]
      case .restic:
        [
          ("keep.last", "keep-last"), ("keep.daily", "keep-daily"),
          ("keep.weekly", "keep-weekly"), ("keep.monthly", "keep-monthly"),
        ]
      }
    for (ours, theirs) in names { try? all.set(ours, settings[theirs].description) }
    return all
  }

  private static let conf = "postgres/postgres src/backend/utils/misc/postgresql.conf.sample"

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
        "keep-\(word)", .integer(0...1_000), standard: .integer(0), source: "restic-forget(1)",
        word == "last" ? "Keep the last n snapshots." : "Keep the last n \(word) snapshots.")
    },
    leavesOut: [
      "Snapshots of restic do not build on each other; here increments do, and are kept whole.",
      "keep-hourly, keep-yearly, keep-within and tags.",
    ])
}
