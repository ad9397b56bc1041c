import Kernel
import OrderedCollections

/// The service that begins choreographed sagas: it says that something was placed, and listens.
///
/// It sends no commands. It learns from the events of the others how a transaction ended.
public struct ChoreographyStarter: Machine {
  /// Its options.
  public let options: TransactionParticipant.Options
  /// Transactions that have not ended, as far as it has heard.
  public private(set) var open: OrderedDictionary<Int, BusinessTransaction> = [:]
  /// How transactions ended.
  public private(set) var outcomes: [Int: TransactionOutcome] = [:]
  private var outbox = EventOutbox()
  private var armed: Instant?

  /// A starter that finds `log` on its disk.
  public init(_ options: TransactionParticipant.Options, log: [DistributedRecord] = []) {
    self.options = options
    for record in log { replay(record) }
  }

  /// Takes one input.
  public mutating func step(
    _ input: DistributedInput, at now: Instant
  ) -> [DistributedOutput] {
    var outputs: [DistributedOutput] = []
    switch input {
    case .started: outbox.send(at: now, again: options.resendInterval, &outputs)
    case .woken:
      armed = nil
      outbox.send(at: now, again: options.resendInterval, &outputs)
    case .received(.place(let transaction), let customer):
      if open[transaction.id] == nil, outcomes[transaction.id] == nil {
        begin(transaction, at: now, &outputs)
      }
      outputs.append(.send(.accepted(transaction.id), to: customer))
      outbox.send(at: now, again: options.resendInterval, &outputs)
    case .received(.event(let event, let number), let sender):
      hear(event, at: now, &outputs)
      if let number { outputs.append(.send(.eventTaken(number: number), to: sender)) }
    case .received(.eventTaken(let number), let sender):
      if outbox.entries[number]?.targets.contains(sender) == true {
        keep(.delivered(number: number, target: sender), isForced: false, &outputs)
      }
    case .received: break
    }
    let due = outbox.due
    if due != armed {
      armed = due
      outputs.append(due.map { .wakeMe($0) } ?? .sleep)
    }
    return outputs
  }

  private mutating func begin(
    _ transaction: BusinessTransaction, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    keep(.begun(transaction, at: now), &outputs)
    let event = SagaEvent(transaction, step: -1, .done)
    if options.hasOutbox {
      let number = outbox.nextNumber
      keep(.queued(event, number: number, targets: options.hearers), &outputs)
    } else {
      for hearer in options.hearers {
        outputs.append(.send(.event(event, number: nil), to: hearer))
      }
    }
  }

  private mutating func hear(
    _ event: SagaEvent, at now: Instant, _ outputs: inout [DistributedOutput]
  ) {
    let id = event.transaction.id
    guard open[id] != nil else { return }
    let outcome: TransactionOutcome
    switch event.kind {
    case .done where event.step == event.transaction.steps.count - 1: outcome = .committed
    case .refused where event.step == 0, .undone where event.step == 0: outcome = .compensated
    case .done, .refused, .undone: return
    }
    keep(.ended(id, outcome, at: now), &outputs)
    outputs.append(.ended(id, outcome))
  }

  private mutating func keep(
    _ record: DistributedRecord, isForced: Bool = true, _ outputs: inout [DistributedOutput]
  ) {
    replay(record)
    outputs.append(isForced ? .persist(record) : .write(record))
  }

  private mutating func replay(_ record: DistributedRecord) {
    switch record {
    case .begun(let transaction, _): open[transaction.id] = transaction
    case .ended(let id, let outcome, _):
      open.removeValue(forKey: id)
      outcomes[id] = outcome
    case .queued, .delivered: outbox.replay(record)
    default: break
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for id in open.keys where outcomes[id] != nil {
      return InvariantViolation(
        "a decision is final", witness: "transaction \(id) is open and has ended")
    }
    return nil
  }
}
