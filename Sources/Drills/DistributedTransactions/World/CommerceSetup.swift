import Kernel
import Patterns
import Simulation

/// Who is who in the shop, and what its transactions are made of.
struct CommerceSetup: Sendable {
  static let orders = NodeID(0)
  static let inventory = NodeID(1)
  static let shipping = NodeID(2)
  static let payment = NodeID(3)
  /// Who places orders, sells at the counter and reads balances: no processes of the cluster.
  static let customer = NodeID(4)
  static let till = NodeID(5)
  static let reader = NodeID(6)

  static let services = [inventory, shipping, payment]
  static let roster = Roster([
    "orders", "inventory", "shipping", "payment", "customer", "till", "reader",
  ])

  /// Where records of parcels begin at the shipping service.
  static let parcels = 1_000
  /// From where on numbers are those of sales at the counter.
  static let counterSales = 1_000_000

  let options: DistributedOptions
  /// What customers have at first.
  let credit: Int
  /// What items and couriers there are of everything.
  let plenty: Int

  init(
    _ options: DistributedOptions, credit: Int, plenty: Int = 100_000,
    mutant: DistributedShortcut? = nil
  ) {
    var options = options
    options.participant.shortcut = mutant
    options.orchestrator.shortcut = mutant
    options.twoPhase.shortcut = mutant
    self.options = options
    self.credit = credit
    self.plenty = plenty
  }

  /// What a record of `service` holds at first.
  func initialBalance(_ service: NodeID, record: Int) -> Int {
    service == Self.payment ? credit : plenty
  }

  /// The process of `node` as it starts with what its disk kept.
  func part(_ node: NodeID, log: [DistributedRecord], life: Int) -> CommercePart {
    guard node == Self.orders else {
      var participant = options.participant
      participant.initialBalance = node == Self.payment ? credit : plenty
      participant.hearers = ([Self.orders] + Self.services).filter { $0 != node }
      return CommercePart(
        role: .participant(TransactionParticipant(participant, node: node, journal: log)))
    }
    var listening = options.participant
    listening.hearers = Self.services
    // Each of the three finds its own records; what belongs to the others is kept from it.
    let own = log.filter {
      if case .begun(let transaction, _) = $0 { return isSaga(transaction) }
      return true
    }
    let others = log.filter {
      if case .begun(let transaction, _) = $0 { return !isSaga(transaction) }
      return true
    }
    return CommercePart(
      role: .coordinator(
        CoordinatorPart(
          method: options.method, valueLimit: options.valueLimit, payment: Self.payment,
          orchestrator: SagaOrchestrator(options.orchestrator, log: own),
          twoPhase: TwoPhaseCoordinator(
            options.twoPhase, node: Self.orders, life: life, log: log),
          starter: ChoreographyStarter(listening, log: others))))
  }

  private func isSaga(_ transaction: BusinessTransaction) -> Bool {
    options.method != .choreography
  }

  /// An order: take an item, book a courier, charge the card, hand the parcel over.
  static func order(
    _ id: Int, item: Int, region: Int, customer: Int, amount: Int, isDeclined: Bool
  ) -> BusinessTransaction {
    BusinessTransaction(
      id, "order",
      [
        SagaStep(
          "reserve", .compensatable, StepWork(service: inventory, record: item, change: -1)),
        SagaStep(
          "book", .compensatable, StepWork(service: shipping, record: region, change: -1)),
        SagaStep(
          "charge", .pivot,
          StepWork(service: payment, record: customer, change: -amount, isRefused: isDeclined)),
        SagaStep(
          "dispatch", .retriable,
          StepWork(service: shipping, record: parcels + region, change: 1)),
      ])
  }

  /// A return: the goods are collected, put back, and the money is paid back, first or last.
  static func giveBack(
    _ id: Int, item: Int, region: Int, customer: Int, amount: Int, isMissing: Bool,
    refundsFirst: Bool
  ) -> BusinessTransaction {
    let refund = StepWork(service: payment, record: customer, change: amount)
    let collect = StepWork(
      service: shipping, record: region, change: -1, isRefused: isMissing)
    let restock = StepWork(service: inventory, record: item, change: 1)
    guard refundsFirst else {
      return BusinessTransaction(
        id, "return",
        [
          SagaStep("collect", .pivot, collect), SagaStep("restock", .retriable, restock),
          SagaStep("refund", .retriable, refund),
        ])
    }
    return BusinessTransaction(
      id, "return",
      [
        SagaStep("refund", .compensatable, refund), SagaStep("collect", .pivot, collect),
        SagaStep("restock", .retriable, restock),
      ])
  }
}

/// How the processes of the shop live in a cluster.
struct CommerceFamily: MachineFamily {
  struct Ended: Sendable {
    let transaction: Int
    let outcome: TransactionOutcome
  }

  let setup: CommerceSetup
  /// How often facts of each kind were stated.
  var counts: [String: Int] = [:]
  /// In which order effects and ends came about.
  var order = EffectOrder()
  private var decisions: [Int: (commits: Bool, node: NodeID)] = [:]
  private var conflict: InvariantViolation?

  init(_ setup: CommerceSetup) { self.setup = setup }

  func blankStorage(_ node: NodeID) -> RecordLog<DistributedRecord> { RecordLog() }

  mutating func start(
    _ node: NodeID, from storage: RecordLog<DistributedRecord>, life: Int, at now: Instant
  ) -> CommercePart {
    setup.part(node, log: storage.records, life: life)
  }

  var firstInput: CommercePart.Input? { .started }

  func input(_ message: DistributedMessage, from node: NodeID) -> CommercePart.Input {
    .received(message, from: node)
  }

  func input(timer: Int) -> CommercePart.Input { .timer(timer) }

  mutating func effect(
    _ output: CommercePart.Output, of node: NodeID
  ) -> MachineEffect<DistributedMessage, DistributedRecord, Ended> {
    switch output.output {
    case .send(let message, let target): return .send(message, to: target)
    case .persist(let record):
      watch(record, of: node)
      return .persist(record)
    case .write(let record):
      watch(record, of: node)
      return .write(record)
    case .wakeMe(let instant): return .wakeMe(at: instant, timer: output.timer)
    case .sleep: return .cancelWake(timer: output.timer)
    case .ended(let id, let outcome):
      order.noteEnd(id)
      return .answer(Ended(transaction: id, outcome: outcome))
    case .fact(let fact):
      counts[fact.kind, default: 0] += 1
      return .fact(Fact(fact.kind, fact.detail, weight: fact.weight, about: fact.about))
    }
  }

  /// Notes how each service decides each try of two-phase commit.
  private mutating func watch(_ record: DistributedRecord, of node: NodeID) {
    order.note(record)
    // What a service was told to decide alone is its operator's doing: the audit tells of that.
    guard case .decided(let xid, let commits, false, _) = record else { return }
    guard let first = decisions[xid] else {
      decisions[xid] = (commits, node)
      return
    }
    guard first.commits != commits, conflict == nil else { return }
    let words = [first.node, node].map(CommerceSetup.roster.name)
    conflict = InvariantViolation(
      "atomic commit",
      witness: "of transaction \(xid / 1_000), \(words[0]) has "
        + "\(first.commits ? "committed" : "aborted") its part and \(words[1]) has "
        + "\(commits ? "committed" : "aborted") its own")
  }

  mutating func check(
    _ stepped: NodeID, _ members: [CommercePart?]
  ) -> InvariantViolation? { conflict }
}
