import Kernel

/// What can happen to a coordinator or a participant.
public enum DistributedInput: Sendable, Hashable {
  /// The process starts.
  case started
  /// A message arrived.
  case received(DistributedMessage, from: NodeID)
  /// The time that was asked for has come.
  case woken
}

/// What a coordinator or a participant asks for or states.
public enum DistributedOutput: Sendable, Hashable {
  /// Send a message; it waits until everything persisted before is durable.
  case send(DistributedMessage, to: NodeID)
  /// Write a record that what follows depends on.
  case persist(DistributedRecord)
  /// Write a record that may be lost in a crash.
  case write(DistributedRecord)
  /// Wake me then, instead of what was asked for before.
  case wakeMe(Instant)
  /// Nothing is due: do not wake me.
  case sleep
  /// A transaction has ended, as far as the coordinator is concerned.
  case ended(Int, TransactionOutcome)
  /// Something worth telling.
  case fact(DistributedFact)
}

/// Something worth telling of a transaction.
public struct DistributedFact: Sendable, Hashable {
  /// A stable word, as in `in-doubt`.
  public let kind: String
  /// A sentence with the quantities.
  public let detail: String
  /// How it bears on the objectives.
  public let weight: Trace.Weight
  /// Whose silence it speaks of.
  public let about: NodeID?

  /// A fact.
  public init(
    _ kind: String, _ detail: String, weight: Trace.Weight = .change, about: NodeID? = nil
  ) {
    self.kind = kind
    self.detail = detail
    self.weight = weight
    self.about = about
  }
}

/// Deliberate bugs of coordinators and participants, for mutants.
public enum DistributedShortcut: String, Sendable, Hashable, CaseIterable {
  /// The coordinator tells its decision before the record of it is on its disk.
  case tellsBeforeForcing = "tells-before-forcing"
  /// The coordinator takes silence for a yes.
  case silenceIsYes = "silence-is-yes"
  /// A participant that waits long for a decision aborts alone.
  case abortsInDoubt = "aborts-in-doubt"
  /// The orchestrator sends every try of a step under a new key.
  case newKeyPerAttempt = "new-key-per-attempt"
  /// Compensations run in the order of the steps.
  case compensatesForwards = "compensates-forwards"
  /// A compensation that fails often counts as done.
  case givesUpCompensation = "gives-up-compensation"
  /// A step after the pivot that fails often turns the saga back.
  case turnsBackAfterPivot = "turns-back-after-pivot"
}
