import Kernel
import Patterns
import Simulation

/// A sharded store under load, with keys on the move, hot keys, stale maps and crashes.
public struct ShardingScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The stable id.
  public var id: String { "sharding" }
  /// What the scenario is.
  public var title: String { "A sharded store under load" }
  /// Counted up whenever a change makes old replay tokens tell another story.
  public var version: Int { 1 }
  /// What can be turned.
  public var knobs: [Knob] { Self.designKnobs + Self.loadKnobs }
  /// What must never be broken.
  public var invariants: [Invariant] { ShardStore.invariants }
  /// What the model leaves out.
  public var fidelity: Fidelity { ShardingFidelity.scenario }

  /// The parts that fault lines may name.
  public func roster(_ settings: Settings) -> Roster { ShardingConfig(settings).roster }

  /// Refuses settings that fit their knobs one by one but not together.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    try PlacementOptions.validate(settings)
    if settings.span("service.p99") < settings.span("service.p50") {
      throw Diagnostic(
        "service.p99 lies below service.p50.", found: settings.span("service.p99").description,
        expected: "at least \(settings.span("service.p50"))")
    }
    let left = settings.integer("shards") + settings.integer("grow.by")
    if left < 1 {
      throw Diagnostic(
        "More shards leave than there are.", found: "grow.by=\(settings.integer("grow.by"))",
        expected: "at least \(1 - settings.integer("shards"))")
    }
    let shares = ["writes", "growing", "queries", "scans", "pairs"].reduce(0.0) {
      $0 + settings.number($1)
    }
    if shares > 1 {
      throw Diagnostic(
        "The shares of requests add up to \(Unit.fraction.text(shares)).",
        found: Unit.fraction.text(shares),
        expected: "writes, growing, queries, scans and pairs of at most 100 % together")
    }
  }

  /// Runs the mechanism and returns what was measured.
  public func run(_ request: ScenarioRequest) -> Outcome {
    var universe = Universe(ShardingWorld(request), capacity: 4_096)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + universe.world.config.duration
    // Requests under way at the end get their timeout's time to come back.
    universe.run(until: end + universe.world.config.timeout)
    return universe.world.outcome(at: universe.now)
  }
}
