import Kernel

/// How a transaction of several services is brought to one end.
public enum TransactionProtocol: String, Sendable, Hashable, CaseIterable {
  /// An orchestrator sends commands, and undoes what it has to.
  case saga
  /// Services react to each other's events.
  case choreography
  /// Two-phase commit.
  case twoPhase = "2pc"
  /// Two-phase commit for large amounts, a saga for the others.
  case byValue = "by-value"
}

/// Everything that coordinators and participants are told about how to work.
public struct DistributedOptions: Sendable, Equatable {
  /// The protocol.
  public var method = TransactionProtocol.saga
  /// From which amount on `by-value` takes two-phase commit.
  public var valueLimit = 80
  /// Whether a refund comes before the goods are back.
  public var refundsFirst = false
  /// The participants' options.
  public var participant = TransactionParticipant.Options()
  /// The orchestrator's options.
  public var orchestrator = SagaOrchestrator.Options()
  /// The options of two-phase commit.
  public var twoPhase = TwoPhaseCoordinator.Options()

  /// Sound options.
  public init() {}
}
