import Kernel
import OrderedCollections
import Patterns
import Presentation

/// An orders service and three participants under commands: messages wait until you let them
/// arrive, processes die when you say so, and disks keep what was written.
///
/// It drives the same machines as the scenario. There is one item, one region and one customer,
/// all with number 1.
struct CommerceBench: Bench {
  struct Letter: Sendable {
    let from: NodeID
    let to: NodeID
    let message: DistributedMessage
  }

  /// The knobs and where they stand.
  private(set) var settings: Settings
  let preset: TransactionPreset
  var setup: CommerceSetup
  var processes: [CommercePart?] = []
  var journals: [[DistributedRecord]] = []
  var lives: [Int] = []
  /// Messages on their way, oldest first.
  var letters: [Letter] = []
  /// Messages that are held back.
  var held: [Letter] = []
  /// When which timer of which process goes off.
  var timers: [[Instant?]] = []
  var now = Instant.zero
  var record = CommerceRecord()
  var order = EffectOrder()
  var nextSale = CommerceSetup.counterSales
  var tally = Tally()
  var log: [Moment] = []

  /// What was counted so far.
  struct Tally: Sendable {
    var sent = 0
    var forced = 0
    var refusedSales = 0
    var doneSales = 0
    var lastRead: RecordView?
    var retries: Int?
    var waited: TimeSpan?
    var lastWait: TimeSpan?
  }

  /// A fresh bench, plain or as the tool of `preset`.
  init(preset: TransactionPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
    setup = CommerceSetup(preset.options(settings), credit: 100, plenty: 10)
    begin()
  }

  /// Everything anew, as the knobs stand.
  private mutating func begin() {
    setup = CommerceSetup(preset.options(settings), credit: 100, plenty: 10)
    letters = []
    held = []
    record = CommerceRecord()
    order = EffectOrder()
    tally = Tally()
    nextSale = CommerceSetup.counterSales
    journals = Array(repeating: [], count: 4)
    lives = Array(repeating: 0, count: 4)
    timers = Array(repeating: [nil, nil, nil], count: 4)
    processes = Array(repeating: nil, count: 4)
    for index in 0..<4 { start(NodeID(index)) }
  }

  /// The names that commands take.
  var parts: [String] { ["orders", "inventory", "shipping", "payment"] }

  /// What the bench leaves out.
  var fidelity: Fidelity {
    Fidelity(
      models: CommerceFidelity.note.models,
      leavesOut: preset.tool.leavesOut + CommerceFidelity.note.leavesOut,
      sources: CommerceFidelity.note.sources)
  }

  /// The first invariant that does not hold, or nil.
  func checkInvariants() -> InvariantViolation? {
    for part in processes {
      if let violation = part?.checkInvariants() { return violation }
    }
    return nil
  }

  /// Turns knobs; everything begins anew with them.
  mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    begin()
    return Document([
      .text(settings.turned),
      .text("All services begin anew: 10 of item 1, 10 couriers, a customer with 100."),
    ])
  }

  /// What the disks say, as the audit of the scenario reads them.
  var audit: CommerceAudit {
    var read: [(service: NodeID, records: [DistributedRecord])] = []
    for service in CommerceSetup.services { read.append((service, journals[service.index])) }
    return CommerceAudit(read, record, order: order, setup: setup, end: now)
  }

  func participant(_ node: NodeID) -> TransactionParticipant {
    if case .participant(let participant)? = processes[node.index]?.role { return participant }
    // A process that is down has its disk still.
    let part = setup.part(node, log: journals[node.index], life: 0)
    if case .participant(let participant) = part.role { return participant }
    preconditionFailure("every service is a participant")
  }

  /// What can be measured right now.
  var facts: [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let audit = audit
    let outcomes = audit.accounts.map { $0.placed.outcome }
    let services = CommerceSetup.services.map(participant)
    let ended = outcomes.count { $0 != nil && $0 != .stuck }
    return [
      Measurement("time", now.seconds, .seconds), count("placed", outcomes.count),
      count("committed", outcomes.count { $0 == .committed }),
      count("compensated", outcomes.count { $0 == .compensated }),
      count("aborted", outcomes.count { $0 == .aborted }),
      count("stuck", outcomes.count { $0 == .stuck }), count("open", outcomes.count - ended),
      count("stock", services[0].balance(1)), count("couriers", services[1].balance(1)),
      count("credit", services[2].balance(1)),
      count("in_doubt", services.reduce(0) { $0 + $1.promises.count }),
      count("locks", services.reduce(0) { $0 + $1.locks.count }),
      count("marks", services.reduce(0) { $0 + $1.marks.count }),
      count("on_the_way", letters.count), count("held_back", held.count),
      count("sent", tally.sent), count("forced_writes", tally.forced),
      count("effects", audit.accounts.reduce(0) { $0 + $1.entries.count }),
      count("undone", audit.accounts.reduce(0) { $0 + $1.entries.count(where: \.effect.isUndo) }),
      count("torn", audit.torn.count), count("double_effects", audit.repeated.count),
      count("late_steps", audit.late.count), count("lost_updates", audit.wrongBalances.count),
      count("overdrawn", audit.overdrawn.count), count("sales", tally.doneSales),
      count("sales_refused", tally.refusedSales),
      Measurement("read_balance", tally.lastRead.map { Double($0.balance) }, .count),
      Measurement("read_pending", tally.lastRead.map { $0.isPending ? 1 : 0 }, .count),
      Measurement("retries", tally.retries.map(Double.init), .count),
      Measurement("waited", tally.waited?.seconds, .seconds),
      Measurement("last_wait", tally.lastWait?.seconds, .seconds),
    ]
  }
}
