import Kernel
import Patterns
import Simulation

/// Clients, one or more balancers, and hosts with a line and slots each.
///
///     clients ──▶ balancers: choose, wait, try another ──▶ hosts: line, slots
///                    │  ▲                                    ▲
///                    └──┴── health checks, reports ──────────┘
///
/// The balancers, health counters, outlier detectors and rules for repeats are the values of
/// `Patterns`; what is measured is what clients got and where the requests went.
public struct LoadBalancingScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "load-balancing" }
  /// What the scenario is.
  public var title: String { "Balancers in front of hosts" }
  /// The version of the model.
  public var version: Int { 1 }

  /// Hosts are `host-1` and so on, or by zone `a-1`; balancers are `lb-1` and so on.
  public func roster(_ settings: Settings) -> Roster {
    let fronts = settings.integer("balancers")
    return Roster(BalanceSettings.hostNames(settings) + (1...fronts).map { "lb-\($0)" })
  }

  /// Refuses runs that would take too long, and knobs that contradict each other.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let requests = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      requests, of: "requests", above: 300_000, remedy: "a lower rate or a shorter duration")
    let every = settings.span("check.every")
    let lanes = (settings.integer("hosts") + settings.integer("join"))
    let checks = Double(lanes * settings.integer("balancers")) / max(every.seconds, 1e-9)
    guard every == .zero || checks * settings.span("duration").seconds <= 300_000 else {
      throw Diagnostic(
        "There would be \(Unit.perSecond.text(checks)) health checks.",
        found: "check.every=\(every)", expected: "a longer check.every or fewer hosts")
    }
    guard settings.integer("weak") <= settings.integer("hosts") else {
      throw Diagnostic(
        "More hosts are weak than there are.", found: "weak=\(settings.integer("weak"))",
        expected: "at most \(settings.integer("hosts"))")
    }
  }

  /// Runs the balancers.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = BalanceSettings(request.settings, mutant: request.mutant)
    let world = BalanceWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }
}
