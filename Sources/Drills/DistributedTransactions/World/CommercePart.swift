import Kernel
import Patterns
import Simulation

/// A process of the shop: the orders service, which coordinates, or a service that takes part.
struct CommercePart: Machine {
  enum Input: Sendable {
    case started
    case received(DistributedMessage, from: NodeID)
    case timer(Int)
  }

  struct Output: Sendable, Equatable {
    let output: DistributedOutput
    /// Which of the process's timers a wake-up belongs to.
    let timer: Int
  }

  enum Role: Sendable, Equatable {
    case coordinator(CoordinatorPart)
    case participant(TransactionParticipant)
  }

  var role: Role

  mutating func step(_ input: Input, at now: Instant) -> [Output] {
    switch role {
    case .coordinator(var part):
      let outputs = part.step(input, at: now)
      role = .coordinator(part)
      return outputs
    case .participant(var part):
      let taken: DistributedInput =
        switch input {
        case .started: .started
        case .received(let message, let sender): .received(message, from: sender)
        case .timer: .woken
        }
      let outputs = part.step(taken, at: now)
      role = .participant(part)
      return outputs.map { Output(output: $0, timer: 0) }
    }
  }

  func checkInvariants() -> InvariantViolation? {
    switch role {
    case .coordinator(let part): part.checkInvariants()
    case .participant(let part): part.checkInvariants()
    }
  }
}

/// The orders service: an orchestrator, a coordinator of two-phase commit and the beginning of
/// choreographies in one process; each transaction goes to one of them.
struct CoordinatorPart: Sendable, Equatable {
  let method: TransactionProtocol
  let valueLimit: Int
  let payment: NodeID
  var orchestrator: SagaOrchestrator
  var twoPhase: TwoPhaseCoordinator
  var starter: ChoreographyStarter

  /// The protocol that carries `transaction`.
  func method(for transaction: BusinessTransaction) -> TransactionProtocol {
    guard method == .byValue else { return method }
    let value = transaction.steps.first { $0.work.service == payment }?.work.change ?? 0
    return abs(value) >= valueLimit ? .twoPhase : .saga
  }

  mutating func step(_ input: CommercePart.Input, at now: Instant) -> [CommercePart.Output] {
    switch input {
    case .started:
      return take(.started, 0, at: now) + take(.started, 1, at: now) + take(.started, 2, at: now)
    case .timer(let number): return take(.woken, number, at: now)
    case .received(let message, let sender):
      let place =
        switch message {
        case .place(let transaction):
          switch method(for: transaction) {
          case .saga, .byValue: 0
          case .twoPhase: 1
          case .choreography: 2
          }
        case .vote, .acknowledge, .inquire, .prepare, .decide: 1
        case .event, .eventTaken: 2
        case .answer, .seen, .command, .look, .accepted: 0
        }
      return take(.received(message, from: sender), place, at: now)
    }
  }

  private mutating func take(
    _ input: DistributedInput, _ place: Int, at now: Instant
  ) -> [CommercePart.Output] {
    let outputs =
      switch place {
      case 0: orchestrator.step(input, at: now)
      case 1: twoPhase.step(input, at: now)
      default: starter.step(input, at: now)
      }
    return outputs.map { CommercePart.Output(output: $0, timer: place) }
  }

  func checkInvariants() -> InvariantViolation? {
    orchestrator.checkInvariants() ?? twoPhase.checkInvariants() ?? starter.checkInvariants()
  }
}
