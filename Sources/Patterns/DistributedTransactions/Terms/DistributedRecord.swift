import Kernel

/// What coordinators and participants keep on their disks.
public enum DistributedRecord: Sendable, Hashable {
  // MARK: Participants

  /// A step took effect, or was undone; the key is kept in the same local transaction.
  case effect(StepEffect)
  /// The business said no to a step.
  case refused(StepKey)
  /// A step that never came was undone: it must not come any more.
  case fenced(StepKey)
  /// The mark on the step's record is gone.
  case settled(StepKey, record: Int)
  /// The participant has promised to commit these steps.
  case prepared(PreparedWork, at: Instant)
  /// The participant knows how it ended; `isAlone` when it decided by itself.
  case decided(xid: Int, commits: Bool, isAlone: Bool, at: Instant)

  // MARK: Coordinators

  /// A transaction was taken in.
  case begun(BusinessTransaction, at: Instant)
  /// A step is about to be sent; `base` is the balance that it reckons from.
  case stepBegun(Int, step: Int, base: Int?)
  /// A step took effect.
  case stepDone(Int, step: Int)
  /// The transaction turns back; the steps from `step` down are to be undone.
  case turnedBack(Int, from: Int)
  /// A step was undone.
  case stepUndone(Int, step: Int)
  /// Nothing more is to be done.
  case ended(Int, TransactionOutcome, at: Instant)
  /// Two-phase commit: the transaction commits. This is the commit point.
  case decision(xid: Int, BusinessTransaction)
  /// Everybody has acknowledged the decision.
  case forgotten(xid: Int)

  // MARK: Events

  /// An event that is to reach these nodes, kept with the change that it tells of.
  case queued(SagaEvent, number: Int, targets: [NodeID])
  /// One node has confirmed it.
  case delivered(number: Int, target: NodeID)
}

/// What a step did to a record.
public struct StepEffect: Sendable, Hashable {
  /// The step.
  public let key: StepKey
  /// Whether the step was undone, not carried out.
  public let isUndo: Bool
  /// The record.
  public let record: Int
  /// What the step is to add to the balance, or to take back.
  public let change: Int
  /// The balance afterwards.
  public let balance: Int
  /// Whether the record is marked as pending from now on.
  public let marks: Bool
  /// The service's local time.
  public let at: Instant
}
