import Kernel
import Patterns
import Simulation

/// A source, three stages, and one of them slower than what comes.
public struct PipelineScenario: Scenario {
  static let checks = [
    Invariant(
      "conservation", "Every item is delivered, lost and counted, under way, or at the source."),
    Invariant("demand", "No stage sends more items than the next one has asked for."),
    Invariant("buffer", "No buffer holds more than its capacity, and none is sent what it cannot."),
  ]

  /// A scenario.
  public init() {}

  /// The scenario's id, that of its topic.
  public var id: String { "backpressure" }
  /// What the scenario is.
  public var title: String { "A pipeline of three stages, one of which is too slow" }
  /// The version of the model.
  public var version: Int { 1 }
  /// The design, then the load and the surroundings.
  public var knobs: [Knob] { PipelineSettings.knobs }
  /// What must never be broken.
  public var invariants: [Invariant] { Self.checks }

  /// The source and the stages.
  public func roster(_ settings: Settings) -> Roster { Roster(PipelineSettings.names) }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "items", above: 200_000, remedy: "a lower rate or a shorter duration")
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = PipelineSettings(request.settings, mutant: request.mutant)
    let world = PipelineWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }

  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric("throughput", .perSecond, "Items that the sink stored, a second."),
      Metric("lost", .fraction, "The share of items that were lost, for whatever reason."),
      Metric("lost_items", .count, "How many that were."),
      Metric("dropped", .count, "Those of them that a full buffer threw away."),
      Metric("deaths", .count, "How often a stage was killed or its stream failed."),
      Metric("latency_p50", .seconds, "Half of the stored items took no longer from the source."),
      Metric("latency_p99", .seconds, "99 % of the stored items took no longer from the source."),
      Metric(
        "age_p99", .seconds, "99 % of the stored items were no older, waiting at the source too."),
      Metric("buffer_peak", .count, "The most items in one buffer."),
      Metric("inside_peak", .count, "The most items in the whole pipeline."),
      Metric("waiting_peak", .count, "The most items that waited at the source."),
      Metric("held", .fraction, "The share of items that had to wait at the source."),
      Metric("requests_per_item", .ratio, "Requests for more, for each item stored."),
      Metric(
        "time_to_catch_up", .seconds,
        "From the end of the last fault until fewer than 50 items are anywhere."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Demand, buffer and replenishment are the machines of the bench.",
        "A request for more takes as long as any message; a stage without demand stands still.",
        "A stage that runs out of memory dies with everything that it holds.",
      ],
      leavesOut: [
        "Every stage has one worker, and items are all alike.",
        "Connections are reliable: a lost message comes 200 ms later, and may be overtaken.",
        "A stage does not acknowledge items to the one before, so what dies with it is lost.",
        "Memory pressure makes nothing slower before it kills.",
      ],
      sources: [
        "github.com/reactive-streams/reactive-streams-jvm README.md @006202eb",
        "github.com/reactor/reactor-core Queues.java @03521d98",
      ])
  }

  /// The deliberate bugs, each with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        BackpressureShortcut.ignoresDemand.rawValue, title: "sends without being asked",
        summary: "The publisher has a demand and does not look at it. Under a slow stage it sends "
          + "more than was requested, which rule 1.1 forbids.",
        settings: ["duration": "15s", "flow": "credit", "prefetch": "16"],
        faults: ["at 3s slow enrich x3 for 8s"], caughtBy: .invariant("demand")),
      Mutant(
        BackpressureShortcut.asksOnArrival.rawValue,
        title: "asks for more when an item arrives",
        summary: "The consumer replenishes what it has received, not what it has worked off. It "
          + "asks as fast as items come, and its buffer overflows.",
        settings: ["duration": "15s", "flow": "credit", "prefetch": "16"],
        faults: ["at 3s slow enrich x3 for 8s"], caughtBy: .invariant("buffer")),
    ]
  }
}
