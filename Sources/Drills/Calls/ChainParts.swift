import Kernel
import Patterns
import Simulation

/// What a client wants done once: kept to the end of the run, so that late work is seen.
struct ChainOrder: Sendable {
  let arrivedAt: Instant
  /// The key that its calls carry, before the number of the try; what the client pays for.
  let key: Int
  /// How often the store carried it out.
  var effects = 0
  /// Client requests for it under way: two after a double click.
  var open = 0
  /// Whether a client was told that it was done.
  var isConfirmed = false
}

/// One caller's errand at one hop: a first call and what follows from it.
struct ChainErrand: Sendable {
  let hop: Int
  let order: Int
  /// The call at the layer above that waits for this errand; nil for a client's.
  let parent: Int?
  let begunAt: Instant
  let deadline: Deadline
  /// The key that came with the call above; nil at the client and without keys.
  let key: Int?
  var sequence: RetrySequence
  /// Calls whose answer is waited for.
  var open: [Int] = []
  /// What waits for the next try, and for the next copy.
  var retry: EventHandle?
  var hedge: EventHandle?
  var copies = 0
  var firstServer = 0
  /// When the first copy of the present try was sent.
  var triedAt = Instant.zero
}

/// One call to a server.
struct ChainCall: Sendable {
  let errand: Int
  let order: Int
  let hop: Int
  let server: Int
  let sentAt: Instant
  let isRetry: Bool
  let isCopy: Bool
  let cost: Int
  let key: Int?
  /// When its caller stops waiting.
  let patience: Deadline
  /// What was sent along.
  let sent: Deadline
  var timer: EventHandle?
  var isSettled = false
  var isCancelled = false
  var isInLine = false
  var isWorking = false
  var isAnswered = false
  var begunAt: Instant?
  var work: EventHandle?
  /// The errand at the next layer that its server waits for.
  var child: Int?
  /// The lock of its key at the store.
  var ticket: IdempotencyStore.Ticket?
  var failure: CallFailure?
  /// Parties that still know the call: its caller, its server or a message, a cancellation.
  var holders = 2
}

extension DependencyInstance {
  /// Server `number` of a chain: edge, middle, and then the replicas of the store.
  init(_ number: Int, _ settings: ChainSettings, seed: UInt64) {
    self.init(
      settings.serverNames[number],
      slots: number < ChainSettings.storeFrom ? settings.threads : settings.slots,
      queueLimit: settings.queueLimit, seed: seed)
  }
}
