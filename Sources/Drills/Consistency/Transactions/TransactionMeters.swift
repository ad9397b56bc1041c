import Kernel
import Patterns
import Verification

/// What clients saw in a run of transactions, and what is counted of it.
struct TransactionMeters: Sendable {
  /// A transaction that a client was told is committed, or of which it does not know.
  struct Done: Sendable {
    let client: Int
    let plan: TransactionPlan
    let sights: [Int: TransactionClient.Sight]
    let writes: [TransactionPlan.Write]
    let beganAt: Instant
    let endedAt: Instant
    let attempts: Int
    let isReplay: Bool
  }

  /// Who wrote an element of a list.
  struct Writer: Sendable {
    let client: Int
    let write: TransactionPlan.Write
    let at: Instant
  }

  /// One second of the run.
  struct Sample: Sendable {
    var committed = 0
    var aborted = 0
    var waiting = 0
  }

  let setup: TransactionSetup
  var history = History<ListTransaction>(capacity: 400_000)
  var writers: [Int: Writer] = [:]
  private(set) var done: [Done] = []
  /// Writes of transactions whose commit was never answered.
  private(set) var undecided: [TransactionPlan.Write] = []
  private(set) var aborts = 0
  private(set) var serializationFailures = 0
  private(set) var givenUp = 0
  var deadlocks = 0
  var retries = 0
  var unknown = 0
  private(set) var longestWait = TimeSpan.zero
  private(set) var waits = 0
  private var waitingSince: [Int: Instant] = [:]
  private(set) var samples: [Sample] = []
  private var current = Sample()
  /// The rows as the last reader found them when all was over; nil when the database was down.
  var final: [[ColumnValue]]?

  init(_ setup: TransactionSetup) { self.setup = setup }

  mutating func committed(_ client: TransactionClient, at now: Instant) {
    current.committed += 1
    guard let plan = client.plan else { return }
    done.append(
      Done(
        client: client.number, plan: plan, sights: client.sights, writes: client.writes,
        beganAt: client.beganAt, endedAt: now, attempts: client.attempts,
        isReplay: client.isReplaying))
  }

  mutating func aborted(_ error: TransactionError, at now: Instant) {
    current.aborted += 1
    aborts += 1
    if error.state == .serializationFailure { serializationFailures += 1 }
  }

  mutating func gaveUp() { givenUp += 1 }

  mutating func lostTrack(_ client: TransactionClient) { undecided += client.writes }

  mutating func waits(_ client: Int, at now: Instant) {
    waits += 1
    waitingSince[client] = now
  }

  mutating func answered(_ client: Int, at now: Instant) {
    guard let since = waitingSince.removeValue(forKey: client) else { return }
    longestWait = max(longestWait, now - since)
  }

  mutating func second(waiting: Int) {
    current.waiting = waiting
    samples.append(current)
    current = Sample()
  }
}
