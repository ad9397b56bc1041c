import Kernel
import Patterns
import Simulation

/// The knobs of a run, read.
struct TransactionSetup: Sendable {
  /// What clients do.
  enum Workload: String, Sendable, CaseIterable {
    case counter
    case transfer
    case onCall = "on-call"
    case lists
  }

  /// What follows an error that says that the transaction may be tried again.
  enum Retry: String, Sendable, CaseIterable {
    /// Nothing: the transaction is given up.
    case none
    /// The whole transaction is run anew.
    case reread
    /// Only the writes are run anew, with the values that were worked out from the first reads.
    case replay
  }

  let workload: Workload
  let level: TransactionLevel
  let retry: Retry
  let retryLimit: Int
  let isLocking: Bool
  let isAtomic: Bool
  let isSorted: Bool
  let timeout: TimeSpan
  let clients: Int
  let rows: Int
  let think: TimeSpan
  let work: TimeSpan
  let audits: Double
  let network: TimeSpan
  let statement: TimeSpan
  let duration: TimeSpan
  let options: TransactionOptions

  init(_ settings: Settings, mutant: String? = nil) {
    let words = (
      settings.word("workload"), settings.word("isolation"), settings.word("retry")
    )
    guard let workload = Workload(rawValue: words.0), let level = TransactionLevel(word: words.1),
      let retry = Retry(rawValue: words.2)
    else { preconditionFailure("knobs of transactions hold words that nobody knows: \(words)") }
    self.workload = workload
    self.level = level
    self.retry = retry
    retryLimit = settings.integer("retry.limit")
    isLocking = settings.flag("select.for-update")
    isAtomic = settings.flag("update.atomic")
    isSorted = settings.flag("order.sorted")
    timeout = settings.span("timeout")
    clients = settings.integer("clients")
    rows = settings.integer("rows")
    think = settings.span("think")
    work = settings.span("work")
    audits = settings.number("audits")
    network = settings.span("network")
    statement = settings.span("statement")
    duration = settings.span("duration")
    var options = TransactionOptions(settings)
    if let shortcut = TransactionMutants.shortcut(mutant) { options.shortcuts = [shortcut] }
    self.options = options
  }

  /// After this time nobody begins anything; what is under way ends, and the end is looked at.
  var settling: TimeSpan { timeout + .seconds(5) }

  /// When the run is over.
  var end: Instant { .zero + duration + settling }

  /// What a row holds at first.
  var firstValue: Int {
    switch workload {
    case .counter, .lists: 0
    case .transfer: 100
    case .onCall: 1
    }
  }

  /// The database, then the clients.
  var roster: Roster { Roster(["db"] + (1...clients).map { "c\($0)" }) }
}
