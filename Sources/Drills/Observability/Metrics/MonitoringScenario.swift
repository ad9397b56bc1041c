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

  private func service(_ settings: Settings, mutant: String? = nil) -> ServiceSettings {
    ServiceSettings(settings, ServiceSettings.Cardinality(settings), mutant: mutant)
  }

  /// The instances are `api-1` and so on, scraped by `prometheus`.
  public func roster(_ settings: Settings) -> Roster { service(settings).roster }

  /// Refuses runs that would take too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    try service(settings).validate()
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let rules = MonitoringRules(MonitoringSettings(request.settings, mutant: request.mutant))
    let service = service(request.settings, mutant: request.mutant)
    var world = MonitoringWorld.run(service, rules, request)
    return world.outcome(of: rules, at: .zero + service.duration)
  }
}
