import Kernel
import Patterns
import Presentation

/// A database with backups and an archive of its log, under commands.
struct RecoveryBench: Bench {
  let preset: RecoveryPreset
  var settings: Settings
  var now = Instant.zero
  var log = WALArchive()
  var archiver: WALArchiver
  var catalog = BackupCatalog()
  var rows: [Int] = []
  /// Every row that was ever committed.
  var committed = 0
  var isArchiveDown = false
  var result: RecoveryResult?
  var kept: Int?
  var readBytes: Double?

  init(preset: RecoveryPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.knobs)
    archiver = WALArchiver(timeout: nil)
    renew()
  }

  var plain: Settings { preset.plainSettings(settings) }

  private mutating func renew() {
    let timeout = plain.span("archive.timeout")
    (now, log, catalog, rows, committed) = (.zero, WALArchive(), BackupCatalog(), [], 0)
    archiver = WALArchiver(timeout: timeout == .zero ? nil : timeout)
    (isArchiveDown, result, kept, readBytes) = (false, nil, nil, nil)
  }

  var parts: [String] {
    BackupKind.allCases.map(\.rawValue) + ["latest", "immediate", "up", "down"]
  }

  var fidelity: Fidelity {
    Fidelity(
      models: DisasterFidelity.scenario.models,
      leavesOut: DisasterFidelity.scenario.leavesOut + [
        "There is no load by itself: commits are those you write, ten seconds apart."
      ] + (preset.tool?.leavesOut ?? []), sources: DisasterFidelity.scenario.sources)
  }

  func checkInvariants() -> InvariantViolation? { catalog.checkInvariants() }

  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    let isNew = changed != settings
    settings = changed
    if isNew { renew() }
    let changes = settings.changes.map { "\($0.name)=\($0.text)" }
    return Document([
      .text(
        "Knobs away from their defaults: "
          + (changes.isEmpty ? "none" : changes.joined(separator: " "))),
      .text("The database begins anew, empty."),
    ])
  }

  var commands: [BenchCommand] {
    [
      BenchCommand(
        "write", usage: "write [COUNT]", example: "write 20",
        "Commits COUNT rows, one each ten seconds."),
      BenchCommand("tick", usage: "tick TIME", example: "tick 5m", "Lets time pass."),
      BenchCommand(
        "backup", usage: "backup [full|incremental|differential]", example: "backup full",
        "Takes a backup, now."),
      BenchCommand(
        "daily", usage: "daily DAYS KIND", example: "daily 7 incremental",
        "Takes a full backup and then one of a kind on each of so many days."),
      BenchCommand("drop", usage: "drop", example: "drop", "Drops the table."),
      BenchCommand(
        "mark", usage: "mark NAME", example: "mark before-release",
        "Gives the point in the log a name."),
      BenchCommand(
        "archive", usage: "archive up|down", example: "archive down",
        "Whether the archive takes segments."),
      BenchCommand(
        "recover", usage: "recover latest|immediate|TIME|row N|name NAME",
        example: "recover latest",
        "Recovers the newest readable backup from before the target, up to the target."),
      BenchCommand(
        "rot", usage: "rot SET", example: "rot 1", "Makes a backup unreadable, unseen."),
      BenchCommand(
        "intrude", usage: "intrude", example: "intrude",
        "Somebody with all keys deletes every backup that can be deleted."),
      BenchCommand(
        "expire", usage: "expire", example: "expire", "Lets go what the policy does not keep."),
      BenchCommand("show", usage: "show", example: "show", "Shows log, archive and backups."),
    ]
  }

  var facts: [Measurement] {
    let newest = catalog.sets.last
    let isFailed = if case .failed? = result?.end { true } else { false }
    return [
      Measurement("time", now.seconds, .seconds),
      Measurement("rows", Double(rows.count), .count),
      Measurement("sets", Double(catalog.sets.count), .count),
      Measurement(
        "restorable", Double(catalog.sets.count { catalog.isRestorable($0) }), .count),
      Measurement("stored", catalog.sets.reduce(0) { $0 + $1.bytes }, .bytes),
      Measurement(
        "newest_chain", newest.flatMap { catalog.chain($0) }.map { Double($0.count) }, .count),
      Measurement("read_bytes", readBytes, .bytes),
      Measurement("recovered_rows", result.map { Double($0.rows.count) }, .count),
      Measurement("recovery_failed", result.map { _ in isFailed ? 1 : 0 }, .count),
      Measurement("timeline", Double(log.current), .count),
      Measurement("waiting_segments", Double(archiver.backlog), .count),
      Measurement(
        "archive_age", archiver.oldestUnarchived.map { (now - $0).seconds } ?? 0, .seconds),
      Measurement("kept", kept.map(Double.init), .count),
    ]
  }
}
