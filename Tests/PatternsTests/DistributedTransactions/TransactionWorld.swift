import Kernel
import OrderedCollections

@testable import Patterns

/// What coordinators and participants have in common, and when they must be woken.
protocol TransactionPart {
  mutating func step(_ input: DistributedInput, at now: Instant) -> [DistributedOutput]
  func checkInvariants() -> InvariantViolation?
  var earliestDue: Instant? { get }
}

extension ChoreographyStarter: TransactionPart {
  /// Its outbox is its own affair.
  var earliestDue: Instant? { nil }
}

extension SagaOrchestrator: TransactionPart {
  var earliestDue: Instant? { instances.values.map(\.due).min() }
}

extension TwoPhaseCoordinator: TransactionPart {
  var earliestDue: Instant? { instances.values.map(\.due).min() }
}

extension TransactionParticipant: TransactionPart {
  var earliestDue: Instant? {
    (promises.values.map(\.nextInquiry) + waiting.map(\.deadline) + [outbox.due].compactMap { $0 })
      .min()
  }
}

/// A coordinator and three services whose messages are lost, doubled and reordered, and whose
/// processes die at any point: between two messages, or between what a step writes and what it says.
struct TransactionWorld {
  /// A process and its disk.
  struct Node {
    var part: any TransactionPart
    var disk: [DistributedRecord] = []
    /// How many records at the end of the disk a crash may take.
    var unforced = 0
    var life = 1
    var dueAt: Instant?
    var downUntil = Instant.zero
  }

  struct Letter {
    let message: DistributedMessage
    let from: Int
    let to: Int
  }

  typealias Maker = (_ node: Int, _ life: Int, _ disk: [DistributedRecord]) -> any TransactionPart

  static let customer = 9

  private(set) var nodes: [Node] = []
  private(set) var mail: [Letter] = []
  private(set) var now = Instant.zero
  private(set) var transactions: [BusinessTransaction] = []
  private(set) var outcomes: [Int: Set<TransactionOutcome>] = [:]
  private(set) var complaints: [String] = []
  private var hasFaults = true
  private var random: RandomStream
  private let make: Maker

  init(_ random: RandomStream, _ make: @escaping Maker) {
    self.random = random
    self.make = make
    nodes = (0...3).map { Node(part: make($0, 1, [])) }
    for place in nodes.indices { feed(place, .started) }
  }

  mutating func place(_ transaction: BusinessTransaction) {
    if !transactions.contains(transaction) { transactions.append(transaction) }
    mail.append(Letter(message: .place(transaction), from: Self.customer, to: 0))
  }

  /// Something happens: a letter arrives or is lost, time passes, a process dies.
  mutating func turn() {
    switch random.below(100) {
    case 0..<62: deliver()
    case 62..<64:
      let open = transactions.filter { ended($0) == nil }
      if !open.isEmpty { place(open[random.below(open.count)]) }
    case 64..<67: crash(random.below(4))
    default: pass(.milliseconds(Int64(random.below(500))))
    }
  }

  /// No more faults: everything that is under way comes to its end.
  mutating func settle() {
    hasFaults = false
    for round in 0..<20_000 {
      if !mail.isEmpty {
        deliver()
      } else if let due = nodes.compactMap(\.dueAt).min() {
        pass(max(.zero, due - now))
      } else {
        let open = transactions.filter { ended($0) == nil }
        if open.isEmpty || round > 19_000 { return }
        for transaction in open { place(transaction) }
      }
    }
    complaints.append("it never ends")
  }

  private mutating func deliver() {
    guard !mail.isEmpty else { return }
    let place = random.below(mail.count)
    let letter = mail[place]
    let isDoubled = hasFaults && random.chance(0.1)
    if !isDoubled { mail.remove(at: place) }
    if hasFaults, random.chance(0.08) { return }
    guard letter.to < nodes.count, nodes[letter.to].downUntil <= now else { return }
    feed(letter.to, .received(letter.message, from: NodeID(letter.from)))
  }

  private mutating func pass(_ span: TimeSpan) {
    now += span
    for place in nodes.indices where nodes[place].downUntil <= now {
      if let due = nodes[place].dueAt, due <= now {
        nodes[place].dueAt = nil
        let isNewLife = nodes[place].downUntil > .zero
        nodes[place].downUntil = .zero
        feed(place, isNewLife ? .started : .woken)
        if let next = nodes[place].dueAt, next <= now { complaints.append("\(place) spins") }
      }
    }
  }

  private mutating func crash(_ place: Int) {
    if random.chance(0.5) { nodes[place].disk.removeLast(nodes[place].unforced) }
    nodes[place].unforced = 0
    nodes[place].life += 1
    nodes[place].dueAt = nil
    nodes[place].part = make(place, nodes[place].life, nodes[place].disk)
    if random.chance(0.3) {
      // It stays away for a while, and is started by its alarm.
      nodes[place].downUntil = now + .seconds(Int64(1 + random.below(12)))
      nodes[place].dueAt = nodes[place].downUntil
    } else {
      nodes[place].downUntil = .zero
      feed(place, .started)
    }
  }

  private mutating func feed(_ place: Int, _ input: DistributedInput) {
    let outputs = nodes[place].part.step(input, at: now)
    if let violation = nodes[place].part.checkInvariants() {
      complaints.append("\(place): \(violation.witness)")
    }
    let dies = hasFaults && random.chance(0.02)
    if dies, random.chance(0.3) { return crash(place) }
    // What one step writes is written together; of what it says some may be said.
    let end = dies ? random.below(outputs.count + 1) : outputs.count
    for output in outputs where output.isWritten { carryOut(output, of: place) }
    for output in outputs.prefix(end) where !output.isWritten { carryOut(output, of: place) }
    if dies { return crash(place) }
    if nodes[place].part is ChoreographyStarter { return }
    let due = nodes[place].part.earliestDue
    if nodes[place].dueAt != due { complaints.append("\(place) is due otherwise than it says") }
  }

  private mutating func carryOut(_ output: DistributedOutput, of place: Int) {
    switch output {
    case .send(let message, let to):
      mail.append(Letter(message: message, from: place, to: to.index))
    case .persist(let record):
      nodes[place].disk.append(record)
      nodes[place].unforced = 0
    case .write(let record):
      nodes[place].disk.append(record)
      nodes[place].unforced += 1
    case .wakeMe(let instant): nodes[place].dueAt = instant
    case .sleep: nodes[place].dueAt = nil
    case .ended(let id, let outcome):
      outcomes[id, default: []].insert(outcome)
      check(id, outcome)
    case .fact: break
    }
  }

  /// How a transaction ended by the coordinator's own records: after a crash it may not say so again.
  func ended(_ transaction: BusinessTransaction) -> TransactionOutcome? {
    var ended = outcomes[transaction.id]?.first
    for record in nodes[0].disk {
      if case .decision(_, transaction) = record { return .committed }
      if case .ended(transaction.id, let outcome, _) = record { ended = outcome }
    }
    return outcomes[transaction.id]?.contains(.committed) == true ? .committed : ended
  }

  /// What the services did for a step, in order: false is carrying out, true is undoing.
  func effects(of transaction: BusinessTransaction, _ step: Int) -> [Bool] {
    let service = transaction.steps[step].work.service.index
    return nodes[service].disk.compactMap { record in
      guard case .effect(let effect) = record, effect.key.transaction == transaction.id,
        effect.key.step == step
      else { return nil }
      return effect.isUndo
    }
  }

  /// Whoever says that a transaction has ended is right at that moment.
  private mutating func check(_ id: Int, _ outcome: TransactionOutcome) {
    guard let transaction = transactions.first(where: { $0.id == id }) else { return }
    for step in transaction.steps.indices {
      let done = effects(of: transaction, step)
      let isStanding = done.last == false
      let isSaga = !(nodes[0].part is TwoPhaseCoordinator)
      if outcome == .committed, isSaga, !isStanding {
        complaints.append("\(id) has ended committed and step \(step) does not stand")
      }
      if outcome != .committed, isStanding {
        complaints.append("\(id) has ended \(outcome) and step \(step) stands")
      }
    }
  }

  /// What is wrong when all has come to rest: the books against the outcomes.
  func faults(initialBalance: Int) -> [String] {
    var faults = complaints
    var books: [Int: Int] = [:]
    for transaction in transactions {
      let ended = ended(transaction)
      if ended == nil { faults.append("\(transaction.id) has not ended") }
      let isTwoPhase = nodes[0].part is TwoPhaseCoordinator
      // An abort leaves no record: placed again, in another life, it may well commit.
      if !isTwoPhase, outcomes[transaction.id]?.count ?? 0 > 1 {
        faults.append("\(transaction.id) ended in two ways")
      }
      for (place, step) in transaction.steps.enumerated() {
        let done = effects(of: transaction, place)
        if ended == .committed {
          books[step.work.record, default: initialBalance] += step.work.change
          if done != [false] { faults.append("\(transaction.id) did step \(place) \(done)") }
        } else if done != [], done != [false, true] {
          faults.append("\(transaction.id) did step \(place) \(done)")
        }
      }
    }
    for record in books.keys.sorted() {
      let service =
        nodes.dropFirst().first { node in
          (node.part as? TransactionParticipant)?.balances[record] != nil
        }?.part as? TransactionParticipant
      let found = service?.balance(record) ?? initialBalance
      if found != books[record] { faults.append("record \(record) holds \(found)") }
      if found < 0 { faults.append("record \(record) is overdrawn") }
    }
    for node in nodes {
      guard let service = node.part as? TransactionParticipant else { continue }
      if !service.promises.isEmpty || !service.locks.isEmpty { faults.append("locks are left") }
      if !service.marks.isEmpty { faults.append("marks are left") }
      if !service.outbox.entries.isEmpty { faults.append("events are left") }
    }
    return faults
  }
}

extension DistributedOutput {
  /// Whether it goes to the disk.
  fileprivate var isWritten: Bool {
    switch self {
    case .persist, .write: true
    case .send, .wakeMe, .sleep, .ended, .fact: false
    }
  }
}
