import Kernel

/// What coordinators, participants and customers tell each other.
public enum DistributedMessage: Sendable, Hashable {
  /// A customer wants a transaction.
  case place(BusinessTransaction)
  /// The coordinator has taken it in and will see to its end.
  case accepted(Int)

  /// Carry out, undo or settle a step.
  case command(StepCommand)
  /// What became of it.
  case answer(StepKey, StepCommand.Verb, StepAnswer)
  /// What is the balance of this record?
  case look(record: Int, request: Int)
  /// The balance as it stands.
  case seen(RecordView, request: Int)

  /// First phase: can you commit these steps?
  case prepare(PreparedWork)
  /// The answer: a promise, or a no.
  case vote(xid: Int, isYes: Bool)
  /// Second phase: commit or abort.
  case decide(xid: Int, commits: Bool)
  /// The decision is carried out.
  case acknowledge(xid: Int)
  /// What has been decided? Asked of the coordinator or of another participant.
  case inquire(xid: Int)

  /// Something happened to a step; with a number the hearer confirms it.
  case event(SagaEvent, number: Int?)
  /// The event of this number is taken in.
  case eventTaken(number: Int)
}

/// An order to a participant about one step.
public struct StepCommand: Sendable, Hashable {
  /// What to do with the step.
  public enum Verb: String, Sendable, Hashable {
    /// Carry it out.
    case perform
    /// Undo it.
    case compensate
    /// Take away the mark that it is pending.
    case settle
  }

  /// The step.
  public let key: StepKey
  /// What to do with it.
  public let verb: Verb
  /// Whether it may have to be undone later.
  public let kind: StepKind
  /// What the step does.
  public let work: StepWork
  /// The balance that the sender has read and reckons from; nil to add to what is there.
  public let base: Int?
  /// Whether the balance must still be `base`.
  public let mustMatch: Bool
  /// Whether a record that is not free counts as a refusal, for good.
  public let isLast: Bool
  /// What the step is called, for people.
  public let name: String

  /// A command.
  public init(
    _ verb: Verb, _ key: StepKey, kind: StepKind, _ work: StepWork, base: Int? = nil,
    mustMatch: Bool = false, isLast: Bool = false, name: String = "a step"
  ) {
    self.key = key
    self.verb = verb
    self.kind = kind
    self.work = work
    self.base = base
    self.mustMatch = mustMatch
    self.isLast = isLast
    self.name = name
  }
}

/// What became of a command.
public enum StepAnswer: String, Sendable, Hashable {
  /// It took effect, now or before.
  case done
  /// The business says no.
  case refused
  /// The record belongs to another transaction for now.
  case busy
  /// The balance is not the one that the sender has read.
  case stale
  /// The step was undone before it came: it must not happen any more.
  case fenced
}

/// A record as a reader sees it.
public struct RecordView: Sendable, Hashable {
  /// The record.
  public let record: Int
  /// Its balance.
  public let balance: Int
  /// Whether a transaction has marked it as pending.
  public let isPending: Bool
  /// How many effects the service had carried out by then.
  public let position: Int
}

/// What one participant is asked to prepare.
public struct PreparedWork: Sendable, Hashable {
  /// The name of this try; a transaction that is tried again gets another.
  public let xid: Int
  /// The business transaction.
  public let transaction: Int
  /// The steps of this participant, each with its place.
  public let works: [NumberedWork]
  /// Who decides.
  public let coordinator: NodeID
  /// The other participants, to ask when the coordinator is silent.
  public let peers: [NodeID]
}

/// A step's work with its place in the transaction.
public struct NumberedWork: Sendable, Hashable {
  /// The place of the step.
  public let step: Int
  /// What it does.
  public let work: StepWork
}

/// What happened to a step of a choreographed transaction.
public struct SagaEvent: Sendable, Hashable {
  /// What happened.
  public enum Kind: String, Sendable, Hashable {
    /// The step took effect; -1 stands for the placing of the transaction.
    case done
    /// The business said no.
    case refused
    /// The step was undone.
    case undone
  }

  /// The transaction, so that every service finds its own steps in it.
  public let transaction: BusinessTransaction
  /// The step.
  public let step: Int
  /// What happened to it.
  public let kind: Kind

  /// An event.
  public init(_ transaction: BusinessTransaction, step: Int, _ kind: Kind) {
    self.transaction = transaction
    self.step = step
    self.kind = kind
  }
}
