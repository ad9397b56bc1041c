import Kernel

/// What a step may become after it has taken effect.
public enum StepKind: String, Sendable, Hashable {
  /// Comes before the pivot and may have to be undone.
  case compensatable
  /// The go or no-go: the last step that may be refused.
  case pivot
  /// Comes after the pivot and must succeed in the end.
  case retriable
}

/// What one step does to one record of one service.
public struct StepWork: Sendable, Hashable {
  /// The service that holds the record.
  public let service: NodeID
  /// The record: an item, a customer, a region.
  public let record: Int
  /// What is added to the record's balance.
  public let change: Int
  /// Whether the business says no: a declined card, an address nobody delivers to.
  public let isRefused: Bool

  /// Work on one record.
  public init(service: NodeID, record: Int, change: Int, isRefused: Bool = false) {
    self.service = service
    self.record = record
    self.change = change
    self.isRefused = isRefused
  }
}

/// One step of a business transaction.
public struct SagaStep: Sendable, Hashable {
  /// The name, as in `reserve`.
  public let name: String
  /// What it may become.
  public let kind: StepKind
  /// What it does.
  public let work: StepWork

  /// A step.
  public init(_ name: String, _ kind: StepKind, _ work: StepWork) {
    self.name = name
    self.kind = kind
    self.work = work
  }
}

/// Something that a business wants to happen in several services, altogether or not at all.
public struct BusinessTransaction: Sendable, Hashable {
  /// The number that everybody knows it by.
  public let id: Int
  /// What it is, as in `order`.
  public let name: String
  /// The steps in order: compensatable ones, at most one pivot, retriable ones.
  public let steps: [SagaStep]

  /// A transaction; traps when the kinds of steps stand in an order that cannot be carried out.
  public init(_ id: Int, _ name: String, _ steps: [SagaStep]) {
    var seen = StepKind.compensatable
    for step in steps {
      let isInOrder =
        switch step.kind {
        case .compensatable: seen == .compensatable
        case .pivot: seen == .compensatable
        case .retriable: seen != .compensatable || steps.first?.kind == .retriable
        }
      precondition(isInOrder, "\(step.name) stands on the wrong side of the pivot")
      seen = step.kind
    }
    self.id = id
    self.name = name
    self.steps = steps
  }
}

/// What a step is known by, however often it is sent.
public struct StepKey: Sendable, Hashable {
  /// The transaction.
  public let transaction: Int
  /// The place of the step, from 0.
  public let step: Int
  /// 0, unless a sender wrongly takes a new key for every try.
  public let attempt: Int

  /// The key of a step.
  public init(_ transaction: Int, _ step: Int, attempt: Int = 0) {
    self.transaction = transaction
    self.step = step
    self.attempt = attempt
  }
}

/// How a transaction ended.
public enum TransactionOutcome: String, Sendable, Hashable {
  /// Every step took effect.
  case committed
  /// What had taken effect was undone, or nothing took effect.
  case compensated
  /// Two-phase commit decided against it; nothing took effect.
  case aborted
  /// It stopped half-way and waits for a person.
  case stuck
}
