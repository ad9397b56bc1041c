import Kernel
import Patterns
import Simulation

/// The settings of a run, read once.
struct CQRSSettings: Sendable {
  let handler: CommandHandler.Options
  let isDeduplicating: Bool
  let split: Int
  let snapshots: SnapshotStore.Options
  let projection: Projection.Options
  let poll: TimeSpan
  let rebuild: ReadModelSwitch.Method
  let rebuildRate: Double
  let mailsInReplay: Bool
  let mode: ReadMode
  let waitTimeout: TimeSpan
  let isSticky: Bool
  let isReplica: Bool
  let shortcut: CQRSShortcut?

  let rate: Double
  let readRate: Double
  let customers: Int
  let accounts: Int
  let history: Int
  let withdrawals: Double
  let greed: Double
  let hotShare: Double
  let resubmit: Double
  let otherDevice: Double
  let think: TimeSpan
  let clientTimeout: TimeSpan
  let views: Int
  let slots: Int
  let storeTime: TimeSpan
  let eventTime: TimeSpan
  let decideTime: TimeSpan
  let applyTime: TimeSpan
  let checkpointTime: TimeSpan
  let queryTime: TimeSpan
  let rebuildAt: TimeSpan
  let deployAt: TimeSpan
  let poisonAt: TimeSpan
  let duration: TimeSpan
  let settle: TimeSpan

  init(_ settings: Settings, mutant: String? = nil) {
    let bug = mutant.flatMap { CQRSShortcut(rawValue: $0) }
    shortcut = bug
    handler = CommandHandler.Options(
      concurrency: CommandHandler.Concurrency(rawValue: settings.word("append")) ?? .exact,
      conflictRetries: settings.integer("conflict.retries"), shortcut: bug)
    isDeduplicating = settings.flag("dedup")
    split = settings.integer("split")
    snapshots = SnapshotStore.Options(
      every: settings.integer("snapshot.every"),
      isRevisionChecked: settings.flag("snapshot.revision"), shortcut: bug)
    projection = Projection.Options(
      segments: settings.integer("segments"),
      routing: Projection.Routing(rawValue: settings.word("segments.by")) ?? .stream,
      batch: settings.integer("batch"),
      checkpointing: Projection.Checkpointing(rawValue: settings.word("checkpoint")) ?? .together,
      rowGuard: ReadModel.RowGuard(rawValue: settings.word("row.guard")) ?? .none,
      errors: Projection.ErrorPolicy(rawValue: settings.word("poison")) ?? .stop, shortcut: bug)
    poll = settings.span("poll")
    rebuild = ReadModelSwitch.Method(rawValue: settings.word("rebuild")) ?? .sideBySide
    rebuildRate = settings.number("rebuild.rate")
    mailsInReplay = settings.word("mails") == "in-projection"
    mode = ReadMode(rawValue: settings.word("reads")) ?? .eventual
    waitTimeout = settings.span("wait.timeout")
    isSticky = settings.flag("sticky")
    isReplica = settings.word("read.side") == "replica"
    rate = settings.number("rate")
    readRate = settings.number("read.rate")
    customers = settings.integer("customers")
    accounts = settings.integer("accounts")
    history = settings.integer("history")
    withdrawals = settings.number("withdrawals")
    greed = settings.number("greed")
    hotShare = settings.number("hot.share")
    resubmit = settings.number("resubmit")
    otherDevice = settings.number("other.device")
    think = settings.span("think")
    clientTimeout = settings.span("client.timeout")
    views = settings.integer("views")
    slots = settings.integer("slots")
    storeTime = settings.span("store.time")
    eventTime = settings.span("event.time")
    decideTime = settings.span("decide.time")
    applyTime = settings.span("apply.time")
    checkpointTime = settings.span("checkpoint.time")
    queryTime = settings.span("query.time")
    rebuildAt = settings.span("rebuild.at")
    deployAt = settings.span("deploy.at")
    poisonAt = settings.span("poison.at")
    duration = settings.span("duration")
    settle = settings.span("settle")
  }

  /// The parts: the command service, the store, a projector and a view for each read database, and
  /// the customers as one node.
  var roster: Roster {
    let numbers = 1...views
    return Roster(
      ["commands", "store"] + numbers.map { "projector-\($0)" } + numbers.map { "view-\($0)" }
        + ["clients"])
  }

  let commandsNode = NodeID(0)
  let storeNode = NodeID(1)
  var clientsNode: NodeID { NodeID(2 + 2 * views) }
  func projectorNode(_ view: Int) -> NodeID { NodeID(2 + view) }
  func viewNode(_ view: Int) -> NodeID { NodeID(2 + views + view) }

  /// How many accounts belong to customers; the streams of the shared account follow them.
  var ownStreams: Int { customers * accounts }

  /// The names of the streams.
  var streamNames: [String] {
    (0..<ownStreams).map { "account-\($0 + 1)" } + (0..<split).map { "shared-\($0 + 1)" }
  }

  var end: Instant { .zero + duration + settle }
}
