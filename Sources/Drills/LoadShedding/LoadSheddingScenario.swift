import Kernel
import Patterns
import Simulation

/// One server, three kinds of clients, and more load than it can serve.
public struct LoadSheddingScenario: Scenario {
  /// A scenario.
  public init() {}

  /// The scenario's id, that of its topic.
  public var id: String { "load-shedding" }
  /// What the scenario is.
  public var title: String { "A server that gets more calls than it can serve" }
  /// The version of the model.
  public var version: Int { 1 }
  /// The design, then the load and the surroundings.
  public var knobs: [Knob] { ShedKnobs.all }
  /// What must never be broken.
  public var invariants: [Invariant] { ShedChecks.all }

  /// The server and its clients.
  public func roster(_ settings: Settings) -> Roster { Roster(ShedSettings.names) }

  /// Refuses runs that would be too long, and shares that contradict the priorities.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 200_000, remedy: "a lower rate or a shorter duration")
    guard settings.number("share.sheddable") <= settings.number("share.normal") else {
      throw Diagnostic(
        "share.sheddable is above share.normal: sheddable calls would be let in first.",
        expected: "a share.sheddable that is at most share.normal")
    }
    guard settings.number("mix.critical") + settings.number("mix.sheddable") <= 1.000_001 else {
      throw Diagnostic(
        "mix.critical and mix.sheddable are more than everything together.",
        expected: "shares whose sum is at most 100 %")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = ShedSettings(request.settings, mutant: request.mutant, seed: request.seed)
    let world = ShedWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
