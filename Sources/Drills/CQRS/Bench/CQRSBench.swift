import Kernel
import Patterns
import Presentation

/// Accounts in an event store, command handlers and a read model, moved step by step by hand.
///
/// Nothing happens by itself: a handler appends when you let it, the projection applies events when
/// you tell it to, and dies where it hurts.
struct CQRSBench: Bench {
  /// A handler between its decision and its append.
  struct Open: Sendable {
    let account: String
    let command: Int
    var handler: CommandHandler
    var facts: [SourcedAccount.Event]
    var expected: EventStore<LedgerEvent>.ExpectedVersion
  }

  /// What was counted so far.
  struct Tally: Sendable {
    var conflicts = 0
    var refused = 0
    var repeats = 0
    var eventsRead: Int?
    var staleReads = 0
    var reads = 0
    var appliedAgain = 0
    var lostEvents = 0
    var wrongStates = 0
    var seenBalance: Int?
    var mails = 0
  }

  /// The knobs and where they stand.
  private(set) var settings: Settings
  let preset: CQRSPreset
  var options = CQRSPreset.Options()
  var store = CommandStore(isDeduplicating: true)
  var snapshots = SnapshotStore()
  var model = ReadModelSwitch(Projection())
  var handlers: [(name: String, open: Open)] = []
  var revision = 1
  var lastCommand: (account: String, wish: SourcedAccount.Command, id: Int)?
  var nextCommand = 1
  /// The last position written to each account, for reads that wait for it.
  var written: [String: Int] = [:]
  var tally = Tally()

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  init(preset: CQRSPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    begin()
  }

  /// Everything anew, as the knobs stand.
  private mutating func begin() {
    options = preset.options(settings)
    store = CommandStore(isDeduplicating: options.isDeduplicating)
    snapshots = SnapshotStore(options.snapshots)
    model = ReadModelSwitch(Projection(options.projection))
    handlers = []
    revision = 1
    lastCommand = nil
    nextCommand = 1
    written = [:]
    tally = Tally()
  }

  /// The names that commands take.
  var parts: [String] {
    var names: [String] = []
    for recorded in store.events.log where !names.contains(recorded.stream) {
      names.append(recorded.stream)
    }
    return names + handlers.map(\.name)
  }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    let note = CQRSFidelity.note
    return Fidelity(
      models: note.models,
      leavesOut: ["Here time stands still: each step happens when you say so."]
        + preset.tool.leavesOut + note.leavesOut,
      sources: note.sources)
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? { model.checkInvariants() }

  /// Turns knobs; everything begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    return Document([
      .text(settings.turned),
      .text("The store is empty and everything begins anew."),
    ])
  }

  /// The balance of an account by its events, in cents.
  func truth(_ account: String, upTo version: Int? = nil) -> Int {
    var events = store.events.events(of: account)
    if let version { events = Array(events.prefix(version + 1)) }
    return events.reduce(0) { $0 + $1.event.cents }
  }

  /// How many rows are not what the events up to their version add up to.
  var wrongRows: Int {
    model.live.table.rows.reduce(0) { sum, row in
      let isRight =
        row.value.balance == truth(row.key, upTo: row.value.version)
        && row.value.movements == max(0, row.value.version)
      return sum + (isRight ? 0 : 1)
    }
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int?) -> Measurement {
      Measurement(name, value.map(Double.init), .count)
    }
    let live = model.live
    let accounts = Set(store.events.log.map(\.stream))
    let below = accounts.count { truth($0) < 0 }
    return [
      count("events", store.head), count("accounts", accounts.count),
      count("balance", truth("a") / 100), count("version", store.events.version(of: "a")),
      count("overdrawn", below), count("handlers", handlers.count),
      count("conflicts", tally.conflicts), count("refused", tally.refused),
      count("repeats", tally.repeats), count("events_read", tally.eventsRead),
      count("snapshots", snapshots.written), count("snapshot_misses", snapshots.misses),
      count("wrong_states", tally.wrongStates), count("revision", revision),
      count("checkpoint", live.checkpoint), count("behind", store.head - live.checkpoint),
      count("row_balance", live.table["a"].map { $0.balance / 100 }),
      count("row_version", live.table["a"]?.version),
      count("rows_wrong", wrongRows), count("applied_again", tally.appliedAgain),
      count("lost", tally.lostEvents), count("parked", live.parkedCount),
      count("stopped", live.segments.count { $0.stoppedAt != nil }),
      count("reads", tally.reads), count("stale_reads", tally.staleReads),
      count("seen_balance", tally.seenBalance.map { $0 / 100 }),
      count("shadow_behind", model.shadow.map { store.head - $0.checkpoint }),
      count("segments", live.segments.count),
    ]
  }

  /// What can be typed.
  var commands: [BenchCommand] {
    [
      BenchCommand(
        "account", usage: "account NAME", example: "account a", "Opens an account."),
      BenchCommand(
        "deposit", usage: "deposit NAME AMOUNT [TIMES]", example: "deposit a 100",
        "Pays in; opens the account where there is none."),
      BenchCommand(
        "withdraw", usage: "withdraw NAME AMOUNT", example: "withdraw a 1", "Takes money out."),
      BenchCommand(
        "begin", usage: "begin HANDLER deposit|withdraw NAME AMOUNT",
        example: "begin h1 deposit a 5",
        "Lets a handler load an account and decide, and stops it before its append."),
      BenchCommand(
        "finish", usage: "finish HANDLER", example: "begin h1 deposit a 5; finish h1",
        "Lets a handler append; after a conflict it loads and decides anew, and waits again."),
      BenchCommand(
        "again", usage: "again", example: "deposit a 5; again",
        "Sends the last command once more, under the same id."),
      BenchCommand(
        "poison", usage: "poison NAME AMOUNT", example: "poison a 5",
        "Pays in by an event that projections cannot read."),
      BenchCommand(
        "project", usage: "project [BATCHES]", example: "project 5",
        "Lets the projection take batches, in each segment."),
      BenchCommand(
        "die", usage: "die", example: "deposit a 5; die",
        "Lets the projector die in the middle of its next batch."),
      BenchCommand(
        "read", usage: "read NAME [token|store]", example: "deposit a 5; read a",
        "Reads an account from the view: as it is, once it has passed the last write, or from the "
          + "store."),
      BenchCommand(
        "rebuild", usage: "rebuild in-place|side-by-side", example: "rebuild side-by-side",
        "Begins to build the table anew."),
      BenchCommand(
        "build", usage: "build [BATCHES]", example: "rebuild side-by-side; build 5",
        "Lets the new table take batches; readers are switched when it has caught up."),
      BenchCommand(
        "upgrade", usage: "upgrade", example: "upgrade",
        "Deploys code that counts in cents; older events are upcast when they are read."),
      BenchCommand("show", usage: "show", example: "show", "Shows events, accounts and rows."),
    ]
  }
}
