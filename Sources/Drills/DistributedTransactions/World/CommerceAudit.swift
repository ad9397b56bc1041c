import Kernel
import Patterns

/// In which order effects and ends came about over all processes.
///
/// Journals carry local times, and clocks are wrong at times; this is what an onlooker saw.
struct EffectOrder: Sendable {
  private var count = 0
  private var effects: [StepEffect: Int] = [:]
  private var ends: [Int: Int] = [:]

  mutating func note(_ record: DistributedRecord) {
    guard case .effect(let effect) = record else { return }
    count += 1
    effects[effect] = count
  }

  mutating func noteEnd(_ transaction: Int) {
    count += 1
    if ends[transaction] == nil { ends[transaction] = count }
  }

  subscript(effect: StepEffect) -> Int { effects[effect] ?? 0 }

  func end(_ transaction: Int) -> Int { ends[transaction] ?? .max }
}

/// Goes through the journals of all services after a run and says what really took effect.
///
/// It knows nothing of the machines: only what is on the disks, what customers asked for and what
/// the coordinator said of it.
struct CommerceAudit {
  /// One thing that a journal tells of a step.
  struct Entry {
    let effect: StepEffect
    let service: NodeID
    /// The place among the effects of its service, from 1.
    let position: Int
    /// The place among all effects.
    let order: Int
  }

  /// What became of one transaction.
  struct Account {
    let placed: CommerceRecord.Placed
    var entries: [Entry] = []
    var hasPromise = false

    func applied(_ step: Int) -> Int {
      entries.count { $0.effect.key.step == step && !$0.effect.isUndo }
    }

    func undone(_ step: Int) -> Int {
      entries.count { $0.effect.key.step == step && $0.effect.isUndo }
    }

    func stands(_ step: Int) -> Bool { applied(step) > undone(step) }

    var standing: Int { placed.transaction.steps.indices.count { stands($0) } }
    var stepCount: Int { placed.transaction.steps.count }

    /// How it ended: as the coordinator said, or as the journals show.
    func outcome(of method: TransactionProtocol) -> TransactionOutcome? {
      if let outcome = placed.outcome { return outcome }
      guard method == .twoPhase || method == .byValue, !hasPromise else { return nil }
      return standing == 0 ? .aborted : standing == stepCount ? .committed : nil
    }
  }

  /// A stretch of time in which a service had promised and did not know the decision.
  struct Promise {
    let span: TimeSpan
    let isOpen: Bool
  }

  let method: TransactionProtocol
  let order: EffectOrder
  private(set) var accounts: [Account]
  private(set) var promises: [Promise] = []
  /// Records whose balance is not what the effects add up to.
  private(set) var wrongBalances: [(service: NodeID, record: Int, balance: Int, expected: Int)] = []
  /// Records that were below zero at some time.
  private(set) var overdrawn: [(record: Int, balance: Int, at: Instant)] = []
  private(set) var saleRepeats = 0
  private(set) var dirtyViews: [(view: CommerceRecord.View, transaction: Int)] = []

  init(
    _ journals: [(service: NodeID, records: [DistributedRecord])], _ record: CommerceRecord,
    order: EffectOrder, setup: CommerceSetup, end: Instant
  ) {
    self.order = order
    method = setup.options.method
    accounts = record.transactions.map { Account(placed: $0) }
    for (service, records) in journals {
      read(records, of: service, setup: setup, end: end)
    }
    findDirty(record.views)
  }

  private mutating func read(
    _ records: [DistributedRecord], of service: NodeID, setup: CommerceSetup, end: Instant
  ) {
    var position = 0
    var sums: [Int: Int] = [:]
    var balances: [Int: Int] = [:]
    var order: [Int] = []
    var negative: Set<Int> = []
    var sold: Set<Int> = []
    var open: [Int: (transaction: Int, at: Instant)] = [:]
    for record in records {
      switch record {
      case .effect(let effect):
        position += 1
        if balances[effect.record] == nil { order.append(effect.record) }
        balances[effect.record] = effect.balance
        sums[effect.record, default: 0] += effect.isUndo ? -effect.change : effect.change
        if effect.balance < 0, negative.insert(effect.record).inserted {
          overdrawn.append((effect.record, effect.balance, effect.at))
        }
        let id = effect.key.transaction
        if accounts.indices.contains(id - 1) {
          accounts[id - 1].entries.append(
            Entry(
              effect: effect, service: service, position: position, order: self.order[effect]))
        } else if !sold.insert(id).inserted {
          saleRepeats += 1
        }
      case .prepared(let work, let at): open[work.xid] = (work.transaction, at)
      case .decided(let xid, _, _, let at):
        if let promise = open.removeValue(forKey: xid) {
          promises.append(Promise(span: at - promise.at, isOpen: false))
        }
      default: break
      }
    }
    for xid in open.keys.sorted() {
      guard let promise = open[xid] else { continue }
      promises.append(Promise(span: end - promise.at, isOpen: true))
      if accounts.indices.contains(promise.transaction - 1) {
        accounts[promise.transaction - 1].hasPromise = true
      }
    }
    for record in order {
      let expected =
        setup.initialBalance(service, record: record) + (sums[record] ?? 0)
      if let balance = balances[record], balance != expected {
        wrongBalances.append((service, record, balance, expected))
      }
    }
  }

  /// Reads without a mark that contain an effect which was taken back later.
  private mutating func findDirty(_ views: [CommerceRecord.View]) {
    var undone: [Int: [(from: Int, to: Int, transaction: Int)]] = [:]
    for account in accounts {
      for undo in account.entries where undo.effect.isUndo {
        let first = account.entries.first {
          $0.effect.key.step == undo.effect.key.step && !$0.effect.isUndo
        }
        guard let first else { continue }
        let place = undo.service.index * 10_000 + undo.effect.record
        undone[place, default: []].append(
          (first.position, undo.position, account.placed.transaction.id))
      }
    }
    for view in views where !view.view.isPending {
      let place = view.service.index * 10_000 + view.view.record
      let hit = undone[place]?.first { $0.from <= view.view.position && view.view.position < $0.to }
      if let hit { dirtyViews.append((view, hit.transaction)) }
    }
  }
}
