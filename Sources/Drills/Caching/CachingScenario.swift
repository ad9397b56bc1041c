import Kernel
import Patterns
import Simulation

/// Clients with open load, cache nodes, and an origin that can work on so much at once and no more.
///
///     clients ──get──▶ nodes: eviction, TTL, loads ──load──▶ origin: line, slots
///             ──write─▶ origin, then delete or update; or the node first, the origin later
///
/// The cache hides how much load there is; the runs show what the origin gets when it does not.
public struct CachingScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "caching" }
  /// What the scenario is.
  public var title: String { "Cache nodes before an origin that cannot take it all" }
  /// The version of the model.
  public var version: Int { 1 }

  /// The nodes are `cache-1` and so on; the database behind them is `origin`.
  public func roster(_ settings: Settings) -> Roster { Roster(CachingSettings(settings).names) }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 400_000, remedy: "a lower rate or a shorter duration")
    guard
      settings.number("writes") + settings.number("scan") + settings.number("missing") <= 1
    else {
      throw Diagnostic(
        "writes, scan and missing are shares of the same requests.",
        expected: "shares that come to at most 100 % together")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = CachingSettings(request.settings, mutant: request.mutant)
    let world = CacheWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
