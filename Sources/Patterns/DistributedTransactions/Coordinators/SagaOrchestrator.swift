import Kernel
import OrderedCollections

/// The conductor of sagas: it sends one command after the other and keeps a log, so that a new life
/// goes on where the old one was.
///
///     forward(0) ──▶ … ──▶ forward(n-1) ──▶ committed
///         └── refused, or unknown after the last try ──▶ backward ──▶ … ──▶ compensated
///
/// A step is logged before it is sent. After a restart the step under way is sent again under the
/// same key, so that a participant that has carried it out recognises it. Before the pivot a refusal
/// turns the saga back, and what took effect is undone in reverse order. The pivot is tried until
/// its answer is known. After it there is no way but forward: steps are tried until they succeed,
/// and so are compensations.
///
/// **A saga ends with all of its steps, or with none of them standing. No compensation ever runs
/// after the pivot.**
///
/// Sources: Garcia-Molina and Salem, "Sagas" (SIGMOD 1987); Richardson, Microservices Patterns, for
/// compensatable, pivot and retriable steps.
public struct SagaOrchestrator: Machine {
  /// Its options.
  public let options: Options
  /// Sagas under way, by transaction.
  public internal(set) var instances: OrderedDictionary<Int, Instance> = [:]
  /// How sagas ended.
  public internal(set) var outcomes: [Int: TransactionOutcome] = [:]
  private var armed: Instant?

  /// An orchestrator that finds `log` on its disk.
  public init(_ options: Options, log: [DistributedRecord] = []) {
    self.options = options
    for record in log { replay(record) }
  }

  /// Takes one input.
  public mutating func step(
    _ input: DistributedInput, at now: Instant
  ) -> [DistributedOutput] {
    var outputs: [DistributedOutput] = []
    switch input {
    case .started:
      for (id, instance) in instances {
        instances[id]?.isUnknown = instance.isBegun
        go(id, at: now, &outputs)
      }
    case .woken:
      armed = nil
      for (id, instance) in instances where instance.due <= now { wake(id, at: now, &outputs) }
    case .received(.place(let transaction), let customer):
      if instances[transaction.id] == nil, outcomes[transaction.id] == nil {
        keep(.begun(transaction, at: now), &outputs)
        outputs.append(.send(.accepted(transaction.id), to: customer))
        go(transaction.id, at: now, &outputs)
      } else {
        outputs.append(.send(.accepted(transaction.id), to: customer))
      }
    case .received(.answer(let key, let verb, let answer), _):
      hear(answer, to: verb, key, at: now, &outputs)
    case .received(.seen(let view, let request), _):
      guard let instance = instances[request], instance.wait == .look else { break }
      if instance.transaction.steps[instance.position].work.record == view.record {
        call(request, base: view.balance, at: now, &outputs)
      }
    case .received: break
    }
    arm(&outputs)
    return outputs
  }

  private mutating func arm(_ outputs: inout [DistributedOutput]) {
    let due = instances.values.lazy.map(\.due).min()
    guard due != armed else { return }
    armed = due
    outputs.append(due.map { .wakeMe($0) } ?? .sleep)
  }

  // MARK: The log

  /// Changes its state by a record and writes it, unless it keeps its log in memory only.
  mutating func keep(
    _ record: DistributedRecord, isForced: Bool = true, _ outputs: inout [DistributedOutput]
  ) {
    replay(record)
    guard options.hasLog else { return }
    outputs.append(isForced ? .persist(record) : .write(record))
  }

  private mutating func replay(_ record: DistributedRecord) {
    switch record {
    case .begun(let transaction, _): instances[transaction.id] = Instance(transaction)
    case .stepBegun(let id, let step, let base):
      instances[id]?.isBegun = true
      if let base { instances[id]?.bases[step] = base }
    case .stepDone(let id, let step):
      instances[id]?.position = step + 1
      instances[id]?.isBegun = false
      instances[id]?.isUnknown = false
      instances[id]?.attempts = 0
      if step + 1 == instances[id]?.transaction.steps.count {
        instances[id]?.phase = .settling
        instances[id]?.position = 0
      }
    case .turnedBack(let id, let last):
      var steps = Array((0..<max(0, last + 1)).reversed())
      if options.shortcut == .compensatesForwards { steps.reverse() }
      instances[id]?.phase = .backward
      instances[id]?.attempts = 0
      instances[id]?.toUndo = steps
      instances[id]?.position = steps.first ?? 0
    case .stepUndone(let id, let step):
      instances[id]?.toUndo.removeAll { $0 == step }
      let next = instances[id]?.toUndo.first ?? 0
      instances[id]?.position = next
      instances[id]?.attempts = 0
    case .ended(let id, let outcome, _):
      outcomes[id] = outcome
      instances.removeValue(forKey: id)
    default: break
    }
  }

  /// Finds the first invariant that does not hold, or nil.
  public func checkInvariants() -> InvariantViolation? {
    for (id, instance) in instances where instance.phase == .backward {
      if let step = instance.toUndo.first(where: {
        instance.transaction.steps[$0].kind != .compensatable
      }), options.shortcut != .turnsBackAfterPivot {
        return InvariantViolation(
          "only steps before the pivot are undone", witness: "saga \(id) would undo step \(step)")
      }
    }
    return nil
  }
}
