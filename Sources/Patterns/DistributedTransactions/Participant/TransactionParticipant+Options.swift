import Kernel

extension TransactionParticipant {
  /// What a participant may be told to do otherwise.
  public struct Options: Sendable, Equatable {
    /// Whether the keys of steps are kept with their effects and recognised.
    public var isIdempotent = true
    /// Whether undoing a step that never came keeps it from coming.
    public var hasFence = true
    /// Whether compensatable steps mark their record as pending, and others stay away from it.
    public var hasSemanticLock = false
    /// Whether events of a choreography are kept with the change and sent until confirmed.
    public var hasOutbox = true
    /// How long to wait for a decision before asking, and between questions.
    public var inquiryInterval = TimeSpan.seconds(1)
    /// Whether the other participants are asked too.
    public var asksPeers = false
    /// How long a prepare waits for the lock on a record; nil for as long as it takes.
    public var lockTimeout: TimeSpan? = TimeSpan.seconds(2)
    /// The most promises at a time; nil for no limit.
    public var maxPrepared: Int?
    /// After how long without a decision it aborts alone; zero is never.
    public var heuristicAfter = TimeSpan.zero
    /// How soon an event that was not confirmed is sent again.
    public var resendInterval = TimeSpan.seconds(1)
    /// What every record holds at first.
    public var initialBalance = 1_000
    /// The other processes that hear events.
    public var hearers: [NodeID] = []
    /// The deliberate bug, if it has one.
    public var shortcut: DistributedShortcut?

    /// A sound participant.
    public init() {}
  }
}
