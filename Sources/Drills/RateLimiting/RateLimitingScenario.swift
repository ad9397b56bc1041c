import Kernel
import Patterns
import Simulation

/// Clients, gateways that limit them, a store that the gateways may count in, and a backend that can
/// work on so much at once.
///
///     tenants ──▶ gateways: limiter for each key ──admitted──▶ backend: line, slots
///     greedy  ──▶     │ ▲
///                     ▼ │ ask, lease, report
///                    store
///
/// Every limiter and node is the value of `Patterns`; what is measured is what it let through, whom it
/// refused, and what that did to the backend.
public struct RateLimitingScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "rate-limiting" }
  /// What the scenario is.
  public var title: String { "Gateways that limit tenants before a backend" }
  /// The version of the model.
  public var version: Int { 1 }

  /// The gateways are `gateway-1` and so on; they count in `store` and call `backend`.
  public func roster(_ settings: Settings) -> Roster {
    let gateways = settings.integer("gateways")
    return Roster((1...gateways).map { "gateway-\($0)" } + ["store", "backend"])
  }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let honest = Double(settings.integer("tenants")) * settings.number("rate")
    let work = (honest + settings.number("greedy")) * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 300_000,
      remedy: "a lower rate, fewer tenants or a shorter duration")
    let sharing = settings.word("share")
    guard settings.word("key") != "both" || sharing == "own" || sharing == "central" else {
      throw Diagnostic(
        "Two limits at once are kept by the gateways themselves or by the store.",
        found: "key=both share=\(sharing)", expected: "share=own or share=central with key=both")
    }
    guard settings.integer("nat") <= settings.integer("tenants") else {
      throw Diagnostic(
        "Only tenants can stand behind the shared address.",
        found: "nat=\(settings.integer("nat"))",
        expected: "at most tenants=\(settings.integer("tenants"))")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = LimitSettings(request.settings, mutant: request.mutant)
    let world = LimitWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
