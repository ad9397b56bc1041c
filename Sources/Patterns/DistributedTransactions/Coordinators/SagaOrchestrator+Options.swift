import Kernel

extension SagaOrchestrator {
  /// How a step's new balance comes about.
  public enum Update: String, Sendable, Hashable, CaseIterable {
    /// The service adds the change to what is there.
    case commutative
    /// The orchestrator reads, reckons and writes the new balance; undoing puts the old one back.
    case overwrite
    /// It reads and reckons, and the write counts only while the balance is still the one read.
    case reread
  }

  /// What an orchestrator may be told to do otherwise.
  public struct Options: Sendable, Equatable {
    /// How long it waits for the answer of a step.
    public var stepTimeout = TimeSpan.seconds(1)
    /// How long it waits before the next try.
    public var backoff = Backoff(
      growth: .exponential(factor: 2), base: .milliseconds(500), cap: .seconds(10))
    /// How long it waits before it tries to undo a step again; nil for the same.
    public var compensationBackoff: Backoff?
    /// Whether a saga that cannot go on turns back; otherwise it stops where it is.
    public var turnsBack = true
    /// The most tries of a step before the pivot; nil for no limit.
    public var maximumAttempts: Int? = 5
    /// The most tries of a compensation; nil for no limit.
    public var compensationAttempts: Int?
    /// Whether a step whose outcome is unknown is undone too.
    public var compensatesUnknown = true
    /// How a step's new balance comes about.
    public var update = Update.commutative
    /// Whether the log is on the disk.
    public var hasLog = true
    /// Whether marks of compensatable steps are taken away at the end.
    public var settles = false
    /// The deliberate bug, if it has one.
    public var shortcut: DistributedShortcut?

    /// A sound orchestrator.
    public init() {}
  }

  /// A saga under way.
  public struct Instance: Sendable, Equatable {
    /// What it does at the moment.
    public enum Phase: String, Sendable, Hashable {
      /// It carries steps out.
      case forward
      /// It undoes them.
      case backward
      /// All is done; marks are taken away.
      case settling
    }

    /// What waits for `due`.
    enum Wait: Sendable, Equatable {
      case answer
      case look
      case pause
    }

    /// The transaction.
    public let transaction: BusinessTransaction
    /// Where it stands.
    public var phase = Phase.forward
    /// The step that is carried out, undone or settled.
    public var position = 0
    /// How often the present command has been sent.
    public var attempts = 0
    /// The balances that steps reckoned from, by step.
    var bases: [Int: Int] = [:]
    var wait = Wait.pause
    var due = Instant.zero
    /// Steps still to be undone, in the order in which that happens.
    var toUndo: [Int] = []
    var isBegun = false
    /// Whether a try of the present step has had no answer.
    var isUnknown = false

    init(_ transaction: BusinessTransaction) { self.transaction = transaction }
  }
}
