import Kernel
import Patterns

/// What customers, the counter and the reader saw of a run.
struct CommerceRecord: Sendable {
  struct Placed: Sendable {
    let transaction: BusinessTransaction
    let at: Instant
    var outcome: TransactionOutcome?
    var endedAt: Instant?
  }

  struct Sale: Sendable {
    let work: StepWork
    let at: Instant
    var isTold = false
  }

  struct View: Sendable {
    let service: NodeID
    let view: RecordView
    let at: Instant
  }

  /// Transactions in the order in which customers began them; number n stands at n - 1.
  private(set) var transactions: [Placed] = []
  /// Those that nobody has taken in yet.
  var waiting: [Int: BusinessTransaction] = [:]
  /// Sales at the counter that wait for their answer.
  var sales: [Int: Sale] = [:]
  private(set) var saleTimes: [TimeSpan] = []
  var views: [View] = []

  mutating func placed(_ transaction: BusinessTransaction, at now: Instant) {
    transactions.append(Placed(transaction: transaction, at: now))
    waiting[transaction.id] = transaction
  }

  /// The coordinator says how a transaction ended; the first word counts.
  mutating func ended(_ id: Int, _ outcome: TransactionOutcome, at now: Instant) {
    guard transactions.indices.contains(id - 1), transactions[id - 1].outcome == nil else {
      return
    }
    transactions[id - 1].outcome = outcome
    transactions[id - 1].endedAt = now
  }

  mutating func sold(_ id: Int, at now: Instant) {
    if let sale = sales.removeValue(forKey: id) { saleTimes.append(now - sale.at) }
  }
}
