extension Projection {
  /// When the checkpoint is written.
  public enum Checkpointing: String, Sendable, Hashable, CaseIterable {
    /// In the transaction of the effect.
    case together
    /// In a transaction of its own, after the effect: a crash in between repeats the effect.
    case after
    /// In a transaction of its own, before the effect: a crash in between loses the effect.
    case before
  }

  /// What follows an event that cannot be read.
  public enum ErrorPolicy: String, Sendable, Hashable, CaseIterable {
    /// The segment stands still until somebody comes.
    case stop
    /// The event is passed over.
    case skip
    /// The event and every later one of its stream are put aside, in order.
    case park
  }

  /// How events are divided among segments.
  public enum Routing: String, Sendable, Hashable, CaseIterable {
    /// By stream: the events of an account stay in order.
    case stream
    /// By position, in turn: even, and without order.
    case position
  }

  /// How a projection works.
  public struct Options: Sendable, Hashable {
    /// How many segments work side by side.
    public var segments: Int
    /// How events are divided among them.
    public var routing: Routing
    /// The most events in one transaction.
    public var batch: Int
    /// When the checkpoint is written.
    public var checkpointing: Checkpointing
    /// What rows do about versions.
    public var rowGuard: ReadModel.RowGuard
    /// What follows an event that cannot be read.
    public var errors: ErrorPolicy
    /// A deliberate bug, for drills.
    public var shortcut: CQRSShortcut?

    /// Options.
    public init(
      segments: Int = 1, routing: Routing = .stream, batch: Int = 10,
      checkpointing: Checkpointing = .together, rowGuard: ReadModel.RowGuard = .none,
      errors: ErrorPolicy = .stop, shortcut: CQRSShortcut? = nil
    ) {
      self.segments = segments
      self.routing = routing
      self.batch = batch
      self.checkpointing = checkpointing
      self.rowGuard = rowGuard
      self.errors = errors
      self.shortcut = shortcut
    }

    /// The checkpointing that happens, bugs included.
    public var actualCheckpointing: Checkpointing {
      shortcut == .checkpointApart && checkpointing == .together ? .after : checkpointing
    }

    /// Whether every row must be what its account's events add up to, by these options alone.
    public var keepsRows: Bool {
      let isOnce = checkpointing == .together || checkpointing == .after && rowGuard != .none
      let isInOrder = routing == .stream || rowGuard == .next
      return isOnce && isInOrder && errors != .skip
    }
  }
}
