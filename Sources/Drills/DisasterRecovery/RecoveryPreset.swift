import Kernel
import Patterns

/// The tools that the recovery bench can stand for, under their own parameter names.
enum RecoveryPreset: String, CaseIterable {
  case plain
  case postgresql
  case restic
  case pgbackrest

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
      "keep.fulls", .integer(0...1_000), standard: .integer(0),
      "So many full backups are kept, with what builds on them; 0 is no limit."),
    Knob(
      "keep.differentials", .integer(0...1_000), standard: .integer(0),
      "So many differentials are kept, a full one counting as one; 0 is no limit."),
    Knob(
      "queue.max", .number(0...1e13, .bytes), standard: .number(0),
      "How much log may wait for the archive before all of it is given up; 0 is no limit."),
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
    case .pgbackrest: Self.pgbackrestTool
    }
  }

  /// Our word for a kind of backup, from the tool's.
  func plainKind(_ word: String) -> String {
    guard self == .pgbackrest else { return word }
    return switch word {
    case "incr": "incremental"
    case "diff": "differential"
    case let other: other
    }
  }

  /// The kinds of backup, in the tool's words.
  var kinds: [String] {
    self == .pgbackrest ? ["full", "diff", "incr"] : BackupKind.allCases.map(\.rawValue)
  }

  /// What a backup is when nothing is said.
  func standardKind(_ settings: Settings) -> BackupKind {
    guard self == .pgbackrest else { return .full }
    return BackupKind(rawValue: plainKind(settings.word("type"))) ?? .incremental
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
      case .pgbackrest:
        [
          ("keep.fulls", "repo1-retention-full"), ("keep.differentials", "repo1-retention-diff"),
          ("queue.max", "archive-push-queue-max"), ("action", "target-action"),
        ]
      }
    for (ours, theirs) in names { try? all.set(ours, settings[theirs].description) }
    if self == .pgbackrest {
      try? all.set("inclusive", settings.flag("target-exclusive") ? "off" : "on")
    }
    return all
  }
}
