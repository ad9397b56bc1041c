import Kernel

/// The ways to keep commands, events and read models that can be had: the plain one with every
/// knob, and those of tools under their own names.
public enum CQRSPreset: String, Sendable, Hashable, CaseIterable {
  /// Every option of the mechanism under plain names.
  case plain
  /// Axon Framework 5.
  case axon
  /// Marten 7 on PostgreSQL.
  case marten
  /// KurrentDB (EventStoreDB) with a persistent subscription.
  case kurrentdb
  /// Commanded with EventStore, in Elixir.
  case commanded

  /// How everything is kept, as `settings` of a tool say.
  public struct Options: Sendable, Hashable {
    /// When the read model hears of an event.
    public enum Lifecycle: String, Sendable, Hashable, CaseIterable {
      /// In the background, by a projection.
      case async
      /// In the transaction of the append.
      case inline
      /// Not at all: a query folds the events.
      case live
    }

    /// How commands are handled.
    public var handler = CommandHandler.Options()
    /// Whether ids of commands are kept.
    public var isDeduplicating = true
    /// Snapshots.
    public var snapshots = SnapshotStore.Options()
    /// The projection.
    public var projection = Projection.Options()
    /// When the read model hears of an event.
    public var lifecycle = Lifecycle.async

    /// The plain options.
    public init() {}
  }

  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    switch self {
    case .plain: PlainCQRS.tool
    case .axon: AxonCQRS.tool
    case .marten: MartenCQRS.tool
    case .kurrentdb: KurrentCQRS.tool
    case .commanded: CommandedCQRS.tool
    }
  }

  /// What `settings` describe; they must hold the knobs of `tool`.
  public func options(_ settings: Settings) -> Options {
    switch self {
    case .plain: PlainCQRS.options(settings)
    case .axon: AxonCQRS.options(settings)
    case .marten: MartenCQRS.options(settings)
    case .kurrentdb: KurrentCQRS.options(settings)
    case .commanded: CommandedCQRS.options(settings)
    }
  }
}

/// Every option under plain names.
enum PlainCQRS {
  static let tool = ToolPreset(
    id: CQRSPreset.plain.rawValue, title: "Plain",
    knobs: [
      Knob(
        "append", .choice(CommandHandler.Concurrency.allCases.map(\.rawValue)),
        standard: .word("exact"), source: "hexdocs.pm/eventstore, append_to_stream",
        "What an append demands of its stream."),
      Knob(
        "conflict.retries", .integer(0...20), standard: .integer(3),
        "How often a command that met a conflict is decided again."),
      Knob(
        "dedup", .flag, standard: .flag(true), "Whether the store keeps the ids of commands."),
      Knob(
        "snapshot.every", .integer(0...1_000), standard: .integer(0),
        "A snapshot every so many events; 0 is never."),
      Knob(
        "snapshot.revision", .flag, standard: .flag(true),
        "Whether a snapshot that other code wrote is passed over."),
      Knob("segments", .integer(1...32), standard: .integer(1), "Segments of the projection."),
      Knob(
        "segments.by", .choice(Projection.Routing.allCases.map(\.rawValue)),
        standard: .word("stream"), "How events are divided among segments."),
      Knob("batch", .integer(1...1_000), standard: .integer(1), "Events in one transaction."),
      Knob(
        "checkpoint", .choice(Projection.Checkpointing.allCases.map(\.rawValue)),
        standard: .word("together"), "When the checkpoint is written."),
      Knob(
        "row.guard", .choice(ReadModel.RowGuard.allCases.map(\.rawValue)),
        standard: .word("none"), "What a row does about versions."),
      Knob(
        "poison", .choice(Projection.ErrorPolicy.allCases.map(\.rawValue)),
        standard: .word("stop"), "What follows an event that cannot be read."),
    ],
    leavesOut: [])

  static func options(_ settings: Settings) -> CQRSPreset.Options {
    var options = CQRSPreset.Options()
    options.handler.concurrency =
      CommandHandler.Concurrency(rawValue: settings.word("append")) ?? .exact
    options.handler.conflictRetries = settings.integer("conflict.retries")
    options.isDeduplicating = settings.flag("dedup")
    options.snapshots.every = settings.integer("snapshot.every")
    options.snapshots.isRevisionChecked = settings.flag("snapshot.revision")
    options.projection = Projection.Options(
      segments: settings.integer("segments"),
      routing: Projection.Routing(rawValue: settings.word("segments.by")) ?? .stream,
      batch: settings.integer("batch"),
      checkpointing: Projection.Checkpointing(rawValue: settings.word("checkpoint")) ?? .together,
      rowGuard: ReadModel.RowGuard(rawValue: settings.word("row.guard")) ?? .none,
      errors: Projection.ErrorPolicy(rawValue: settings.word("poison")) ?? .stop)
    return options
  }
}
