import Kernel

/// The knobs of a resharding.
public struct ReshardingOptions: Sendable, Hashable {
  /// How keys move.
  public enum Style: String, Sendable, Hashable, CaseIterable {
    /// A parcel is copied while its source goes on serving, then changes hands as a whole (Vitess,
    /// MongoDB).
    case parcel
    /// Each key changes hands when it is copied; the source answers ASK for those that are gone
    /// (Redis Cluster).
    case key
  }

  /// What happens between the copy of a parcel and its change of hands.
  public enum CutOver: String, Sendable, Hashable, CaseIterable {
    /// Nothing: what was written during the copy stays behind.
    case copyOnly = "copy-only"
    /// Keys written meanwhile are copied again, but nobody stops writing.
    case catchUp = "catch-up"
    /// After catching up, writes to the parcel wait until the last keys are over.
    case freeze
  }

  /// How keys move.
  public var style: Style
  /// What happens between copy and change of hands.
  public var cutOver: CutOver
  /// The most keys copied each second; 0 for no limit.
  public var keysPerSecond: Double
  /// Keys copied together.
  public var batchSize: Int
  /// The most batches under way at a time.
  public var window: Int
  /// Parcels moved at the same time.
  public var parallel: Int
  /// The wait before a failed batch is tried again.
  public var retryAfter: TimeSpan
  /// A wrong way to build the move, for drills; nil for the right one.
  public var shortcut: ShardingShortcut?

  /// The options, each at its default unless given.
  public init(
    style: Style = .parcel, cutOver: CutOver = .freeze, keysPerSecond: Double = 0,
    batchSize: Int = 50, window: Int = 64, parallel: Int = 4,
    retryAfter: TimeSpan = .seconds(1)
  ) {
    precondition(batchSize > 0 && window > 0 && parallel > 0, "a move has to get on")
    self.style = style
    self.cutOver = cutOver
    self.keysPerSecond = keysPerSecond
    self.batchSize = batchSize
    self.window = window
    self.parallel = parallel
    self.retryAfter = retryAfter
  }

  /// The options that `settings` of `knobs` stand for.
  public init(_ settings: Settings) {
    self.init(
      style: Style(rawValue: settings.word("move.style")) ?? .parcel,
      cutOver: CutOver(rawValue: settings.word("cutover")) ?? .freeze,
      keysPerSecond: settings.number("copy.rate"), batchSize: settings.integer("copy.batch"),
      window: settings.integer("copy.window"))
  }

  /// The knobs.
  public static var knobs: [Knob] {
    [
      Knob(
        "copy.rate", .number(0...1_000_000, .perSecond), standard: .number(0),
        "Most keys copied each second while keys move; 0 sets no limit."),
      Knob("copy.batch", .integer(1...1_000), standard: .integer(50), "Keys copied together."),
      Knob(
        "copy.window", .integer(1...256), standard: .integer(64),
        "Most batches of keys under way at a time."),
      Knob(
        "move.style", .choice(Style.allCases.map(\.rawValue)), standard: .word("parcel"),
        "Whether keys change hands parcel by parcel or key by key (with ASK)."),
      Knob(
        "cutover", .choice(CutOver.allCases.map(\.rawValue)), standard: .word("freeze"),
        "What happens to writes between the copy of a parcel and its change of hands."),
    ]
  }
}
