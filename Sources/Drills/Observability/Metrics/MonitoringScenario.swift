import Kernel
import Patterns
import Simulation

/// A service of some instances, a Prometheus that scrapes them, and an alert that somebody believed
/// in.
///
///     clients ──▶ api-1..n: a registry of metrics each
///                    ▲ scrape
///                 prometheus: store, rules ──▶ pages
///
/// What clients suffered is counted beside it, request by request: a page is right or false by
/// that, and an outage is seen or missed.
public struct MonitoringScenario: Scenario {
  /// The scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "monitoring" }
  /// What the scenario is.
  public var title: String { "A service, its metrics, and the alert on them" }
  /// The version of the model.
  public var version: Int { 1 }

  /// The instances are `api-1` and so on, scraped by `prometheus`.
  public func roster(_ settings: Settings) -> Roster {
    Roster((1...settings.integer("instances")).map { "api-\($0)" } + ["prometheus"])
  }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let span = settings.span("duration").seconds
    let work = settings.number("rate") * span
    guard work <= 400_000 else {
      throw Diagnostic(
        "This run would have \(Unit.count.text(work)) requests; 400,000 are allowed.",
        expected: "a lower rate or a shorter duration")
    }
    let scrapes =
      span / settings.span("scrape.interval").seconds * Double(settings.integer("instances"))
    let series = settings.word("labels") == "user" ? Double(settings.integer("users")) : 20
    guard scrapes * series <= 3_000_000 else {
      throw Diagnostic(
        "This run would take \(Unit.count.text(scrapes * series)) samples; 3,000,000 are allowed.",
        expected: "a longer scrape.interval, fewer users or a shorter duration")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = MonitoringSettings(request.settings, mutant: request.mutant)
    let world = MonitoringWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    let end = Instant.zero + settings.duration
    universe.run(until: end)
    return universe.world.outcome(at: end)
  }
}
