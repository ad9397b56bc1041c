import Kernel
import Patterns

/// What a customer wants once, however often it is sent.
struct CQRSIntent: Sendable {
  let customer: Int
  let stream: Int
  /// In euros.
  let command: SourcedAccount.Command
  let begun: Instant
  var submissions = 0
  var isAnswered = false
  /// How often events of it were appended.
  var effects = 0
}

/// One submission of an intent on its way through the command service.
struct CQRSAttempt: Sendable {
  let intent: Int
  /// The life of the command service that works on it.
  let life: Int
  var handler: CommandHandler?
  var revision = 1
  var loaded: SnapshotStore.Loaded?
  var facts: [SourcedAccount.Event] = []
  var expected = EventStore<LedgerEvent>.ExpectedVersion.any
  var result: CommandStore.Result?
  var reply: CommandHandler.Reply?
}

/// A read of a customer's list.
struct CQRSReading: Sendable {
  /// What the customer did just before, and expects to see.
  struct Own: Sendable {
    let intent: Int
    let stream: Int
    let version: Int
    let position: Int
    let isOtherDevice: Bool
  }

  let customer: Int
  let own: Own?
  let view: Int
  let begun: Instant
  /// The life of the view, or of the store, that works on it.
  var life = 0
  var isWaiting = false
  /// Whether it gave up waiting and took what there was.
  var isLate = false
  var isPartial = false
  /// The versions seen, in the order of `streams`; empty before there is an answer.
  var versions: [Int] = []
}

/// A chain of polls: one segment of one table, in one life of its projector.
struct CQRSChain: Sendable {
  let view: Int
  let segment: Int
  let epoch: Int
  let life: Int
}

/// A batch under way.
struct CQRSWork: Sendable {
  let chain: Int
  let batch: Projection.Batch
  /// The life of the view's database when the work was sent there.
  var life = 0
  var report: Projection.Report?
}

/// A read database with what fills it.
struct CQRSView: Sendable {
  var model: ReadModelSwitch
  var pool: ServicePool
  var liveEpoch = 0
  var shadowEpoch: Int?
  var nextEpoch = 1
  /// Reads that wait for a position.
  var waiting: [Int] = []
  /// The versions of all streams when the present rebuild in place began.
  var floor: [Int] = []
  var rebuildBegan: Instant?
  var rebuildTarget = 0
}
