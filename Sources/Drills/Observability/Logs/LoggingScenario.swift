import Kernel
import Patterns
import Simulation

/// Services that write lines, a store that takes so many bytes a second, and somebody who looks for
/// what happened.
///
///     api-1..n, database ──lines──▶ limit of repeats ──▶ limit of bytes ──▶ store ──▶ search
public struct LoggingScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "logging" }
  /// What the scenario is.
  public var title: String { "Lines of log, what keeping them costs, and what is found" }
  /// The version of the model.
  public var version: Int { 1 }

  /// The instances and the database, whose lines tell the cause.
  public func roster(_ settings: Settings) -> Roster {
    Roster((1...settings.integer("instances")).map { "api-\($0)" } + ["database"])
  }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    let most = work * (1 + Double(settings.integer("stack.lines")))
    guard most <= 400_000 else {
      throw Diagnostic(
        "This run could have \(Unit.count.text(most)) lines; 400,000 are allowed.",
        expected: "a lower rate, a shorter duration or fewer stack.lines")
    }
  }

  /// Every knob: the store's, then the load.
  public var knobs: [Knob] {
    [
      Knob(
        "store", .choice(["labels", "words"]), standard: .word("labels"),
        "Whether the store indexes labels only (as Loki) or every word (as Elasticsearch)."),
      Knob(
        "labels", .choice(["few", "user"]), standard: .word("few"),
        "Whether a line is labelled with instance and level, or with the user as well."),
      Knob(
        "repeat.limit", .integer(0...100_000), standard: .integer(0),
        "The most lines of one kind that an instance sends in a second; 0 is no limit."),
      Knob(
        "duration", .span(.seconds(10)...(.hours(1))), standard: .span(.minutes(5)), role: .load,
        "How long the run lasts."),
      Knob("instances", .integer(1...20), standard: .integer(3), role: .load, "Instances."),
      Knob(
        "rate", .number(0.1...1_000, .perSecond), standard: .number(40), role: .load,
        "Requests a second, a line each."),
      Knob(
        "stack.lines", .integer(0...1_000), standard: .integer(0), role: .load,
        "Further lines that a failed request writes."),
      Knob("users", .integer(1...100_000), standard: .integer(2_000), role: .load, "Users."),
      Knob(
        "max.streams", .integer(1...1_000_000), standard: .integer(5_000), role: .load,
        source: LogPresets.lokiSource,
        "With store=labels, the most streams: max_global_streams_per_user."),
      Knob(
        "ingest.limit", .number(100...1e9, .bytes), standard: .number(4e6), role: .load,
        source: LogPresets.lokiSource, "Bytes of text that the store takes in a second."),
      Knob(
        "scan.rate", .number(1e5...1e11, .bytes), standard: .number(100e6), role: .load,
        "Bytes of text that a search reads in a second."),
    ]
  }

  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("lines", .count, "Lines written."),
      Metric("stored", .fraction, "The share of them that is stored."),
      Metric("held_back", .count, "Lines that repeat.limit held back."),
      Metric("refused_streams", .count, "Lines refused because there were too many streams."),
      Metric("refused_bytes", .count, "Lines refused because the second's bytes were used up."),
      Metric(
        "cause_found", .fraction,
        "The share of the database's lines about its fault that a search finds afterwards."),
      Metric("streams", .count, "Streams, or different words and labels."),
      Metric("text_bytes", .bytes, "Bytes of text stored."),
      Metric("index_bytes", .bytes, "Bytes that the index takes."),
      Metric("index_share", .ratio, "The index over the text."),
      Metric("search_bytes", .bytes, "Text that a search for one user's lines reads."),
      Metric("search_time", .seconds, "How long that takes, at scan.rate."),
    ]
  }

  /// What must never be broken.
  public var invariants: [Invariant] {
    [
      Invariant("streams", "There are never more streams than allowed."),
      Invariant("search", "A search finds every line that was stored and fits, and no other."),
      Invariant("conserved", "Every line is stored, held back or refused, and counted as that."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Both stores hold the lines and answer searches; what a search reads is counted.",
        "Lines beyond the limits are refused and counted, in the order in which they come.",
      ],
      leavesOut: [
        "Lines are stored the moment they are written: no agent, no network, no refresh interval.",
        "Nothing is compressed, and nothing is cached.",
        "A stream takes 2 kB and an entry of the word index 8 bytes: figures of ours.",
        "The limit of bytes has no burst.",
      ],
      sources: [LogPresets.lokiSource])
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        "forgets-limit", title: "new streams are taken without end",
        summary: "The number of streams is not held against its limit. One label with users in it, "
          + "and the index no longer fits.",
        settings: ["labels": "user", "max.streams": "500", "duration": "60s"],
        caughtBy: .invariant("streams"))
    ]
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let world = LoggingWorld(request, roster: roster(request.settings))
    var universe = Universe(world, capacity: 64)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + request.settings.span("duration")
    universe.run(until: end)
    return universe.world.outcome(at: end)
  }
}
