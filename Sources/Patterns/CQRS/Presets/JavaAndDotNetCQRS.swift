import Kernel

/// Axon Framework under its own names.
enum AxonCQRS {
  private static let configuration =
    "AxonFramework @8d5c40e09c PooledStreamingEventProcessorConfiguration.java"
  private static let snapshotting =
    "AxonFramework docs/reference-guide/modules/tuning/pages/snapshotting.adoc @63ab2b417d3e"

  static let tool = ToolPreset(
    id: CQRSPreset.axon.rawValue, title: "Axon Framework 5, pooled streaming processor",
    knobs: [
      Knob(
        "initialSegmentCount", .integer(1...32), standard: .integer(16), source: configuration,
        "Segments that a new processor begins with; events go by the hash of their sequence."),
      Knob(
        "batchSize", .integer(1...1_000), standard: .integer(1), source: configuration,
        "Events in one transaction with the token."),
      Knob(
        "SnapshotPolicy.afterEvents", .integer(0...1_000), standard: .integer(0),
        source: snapshotting, "Events after which a snapshot is made; 0 is no policy, the default."),
      Knob(
        "dlq.enabled", .flag, standard: .flag(false),
        source: "docs.axoniq.io/axon-framework-reference/5.1/dead-letter-queue",
        "Whether an event that fails is parked together with the later ones of its sequence; "
          + "without it the segment is aborted and tried again."),
    ],
    leavesOut: [
      "Claims of segments (taken every 5 s, extended every 5 s) and their stealing.",
      "Back-off after an error, from 1 s doubling to 60 s: the segment stands still here.",
      "Appends are checked against criteria and a consistency marker in Axon 5; here against the "
        + "version of one stream.",
    ])

  static func options(_ settings: Settings) -> CQRSPreset.Options {
    var options = CQRSPreset.Options()
    options.isDeduplicating = false
    options.snapshots.every = settings.integer("SnapshotPolicy.afterEvents")
    options.projection = Projection.Options(
      segments: settings.integer("initialSegmentCount"), batch: settings.integer("batchSize"),
      errors: settings.flag("dlq.enabled") ? .park : .stop)
    return options
  }
}

/// Marten under its own names.
enum MartenCQRS {
  private static let asyncOptions =
    "JasperFx/marten src/Marten/Events/Daemon/AsyncOptions.cs @03083ad6ba2a"
  private static let daemon =
    "JasperFx/marten docs/events/projections/async-daemon.md @053b023dc9b0"

  static let tool = ToolPreset(
    id: CQRSPreset.marten.rawValue, title: "Marten, PostgreSQL",
    knobs: [
      Knob(
        "ProjectionLifecycle",
        .choice(["Async", "Inline", "Live"]), standard: .word("Async"),
        source: "JasperFx/marten docs/events/projections/index.md @04c9b291fcc7; no default: it is "
          + "named with each projection",
        "Whether a projection runs in the background, in the transaction of the append, or only "
          + "when it is asked for."),
      Knob(
        "BatchSize", .integer(1...1_000), standard: .integer(500), source: asyncOptions,
        "The maximum range of events fetched at one time."),
      Knob(
        "OnApplyEventException", .choice(["Stop", "SkipEvent"]), standard: .word("Stop"),
        source: daemon + "; DaemonSettings.cs: no matching policy stops the projection",
        "What follows an event that cannot be applied."),
    ],
    leavesOut: [
      "The high water mark, which waits at gaps in the sequence for 3 s.",
      "Polling times of 1 s and 250 ms: here you say when the daemon runs.",
      "A skipped event is kept as a dead letter, and can be replayed by hand.",
    ])

  static func options(_ settings: Settings) -> CQRSPreset.Options {
    var options = CQRSPreset.Options()
    options.isDeduplicating = false
    options.lifecycle =
      switch settings.word("ProjectionLifecycle") {
      case "Inline": .inline
      case "Live": .live
      default: .async
      }
    options.projection = Projection.Options(
      batch: settings.integer("BatchSize"),
      errors: settings.word("OnApplyEventException") == "Stop" ? .stop : .skip)
    return options
  }
}

/// KurrentDB under the names of its .NET client.
enum KurrentCQRS {
  private static let file =
    "EventStore/EventStore-Client-Dotnet src/EventStore.Client.PersistentSubscriptions/"
    + "PersistentSubscriptionSettings.cs @1b5e6d1f5968"

  static let tool = ToolPreset(
    id: CQRSPreset.kurrentdb.rawValue, title: "KurrentDB, persistent subscription",
    knobs: [
      Knob(
        "expectedState", .choice(["StreamRevision", "Any"]), standard: .word("StreamRevision"),
        source: "hexdocs.pm/eventstore, append_to_stream, for the kinds; the caller must name one",
        "What an append demands of its stream."),
      Knob(
        "checkPointLowerBound", .integer(1...1_000), standard: .integer(10), source: file,
        "The least number of events between two checkpoints; a crash repeats those since the last."),
      Knob(
        "readBatchSize", .integer(1...1_000), standard: .integer(20), source: file,
        "Events read at once from history."),
      Knob(
        "maxRetryCount", .integer(0...100), standard: .integer(10), source: file,
        "How often an event that fails is tried again before it is parked, alone."),
    ],
    leavesOut: [
      "Checkpoints by time (checkPointAfter, 2 s) and the upper bound of 1,000.",
      "Several competing consumers, which lose the order of events.",
      "The retries themselves: an event that cannot be read is parked at once here.",
      "Append's check of event ids, which recognises a repeat for a while only.",
    ])

  static func options(_ settings: Settings) -> CQRSPreset.Options {
    var options = CQRSPreset.Options()
    options.isDeduplicating = false
    options.handler.concurrency = settings.word("expectedState") == "Any" ? .any : .exact
    let batch = min(settings.integer("checkPointLowerBound"), settings.integer("readBatchSize"))
    options.projection = Projection.Options(batch: batch, checkpointing: .after, errors: .skip)
    return options
  }
}
