import Kernel
import Patterns
import Presentation

/// A database with backups and an archive of its log, under commands.
struct RecoveryBench: Bench {
  let preset: RecoveryPreset
  var settings: Settings
  var now = Instant.zero
  var database = ArchivedDatabase()
  var catalog = BackupCatalog()
  /// How many rows were ever written.
  var written = 0
  var result: RecoveryResult?
  var kept: Int?
  var readBytes: Double?
  var resync: ResyncResult?
  /// What the last lost site cost.
  var loss: SiteLoss?

  init(preset: RecoveryPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.knobs)
    renew()
  }

  var plain: Settings { preset.plainSettings(settings) }
  var log: WALArchive { database.log }
  var rows: [Int] { database.rows }

  private mutating func renew() {
    let timeout = plain.span("archive.timeout")
    let limit = plain.number("queue.max")
    database = ArchivedDatabase(
      archiveTimeout: timeout == .zero ? nil : timeout, queueLimit: limit == 0 ? nil : limit)
    (now, catalog, written) = (.zero, BackupCatalog(), 0)
    (result, kept, readBytes, resync, loss) = (nil, nil, nil, nil, nil)
  }

  var parts: [String] {
    BackupKind.allCases.map(\.rawValue) + RecoveryStrategy.allCases.map(\.rawValue)
      + ["latest", "immediate", "up", "down", "zone", "region", "synchronous", "asynchronous"]
  }

  var fidelity: Fidelity {
    Fidelity(
      models: [
        "Archive, recovery, backups and rewind are those that the drills run; 'lose' and 'strategies' "
          + "run the drills' scenario itself."
      ],
      leavesOut: [
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
        "hole", usage: "hole SEGMENT", example: "hole 1",
        "Loses a segment of the newest timeline from the archive; the first is 1."),
      BenchCommand(
        "rewind", usage: "rewind", example: "rewind",
        "The server that was replaced comes back and is made a copy of the one that serves."),
      BenchCommand(
        "lose", usage: "lose zone|region [STRATEGY] [synchronous|asynchronous]",
        example: "lose zone warm-standby synchronous",
        "Runs two days of orders, loses the site, and measures what a strategy brings back."),
      BenchCommand(
        "strategies", usage: "strategies", example: "strategies",
        "Loses a zone and a region under each strategy: RPO and RTO beside the cost."),
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
      Measurement("waiting_segments", Double(database.archiver.backlog), .count),
      Measurement("given_up_segments", Double(database.givenUp), .count),
      Measurement(
        "archive_age", database.archiver.oldestUnarchived.map { (now - $0).seconds } ?? 0,
        .seconds),
      Measurement("kept", kept.map(Double.init), .count),
      Measurement("diverged_rows", resync.map { Double($0.diverged.count) }, .count),
      Measurement(
        "rewind_bytes", resync.map { $0.copiedBytes + Double($0.replayedBytes) }, .bytes),
      Measurement("rpo", loss?.rpo, .seconds),
      Measurement("rto", loss?.rto, .seconds),
      Measurement("cost", loss?.cost, .ratio),
    ]
  }
}
