import Kernel
import Patterns
import Simulation

/// Commands and queries with models of their own: an event store, projections, and customers who
/// write and then look.
public struct CQRSScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "cqrs" }
  /// What the scenario is.
  public var title: String { "Commands, an event store and read models" }
  /// The version of the model.
  public var version: Int { 2 }
  /// What can be turned.
  public var knobs: [Knob] { CQRSKnobs.all }
  /// What a run measures.
  public var metrics: [Metric] { CQRSTally.metrics }
  /// What must never be broken.
  public var invariants: [Invariant] { CQRSChecks.all }
  /// What the model keeps and leaves out.
  public var fidelity: Fidelity { CQRSFidelity.note }
  /// The deliberate bugs.
  public var mutants: [Mutant] { CQRSMutants.all }

  /// The parts.
  public func roster(_ settings: Settings) -> Roster { CQRSSettings(settings).roster }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let run = CQRSSettings(settings)
    let commands = run.rate * run.duration.seconds
    let reads = run.readRate * run.duration.seconds + commands
    let streams = Double(run.ownStreams + run.split)
    let folded = (commands + (run.isReplica ? reads : 0)) * Double(run.history)
    guard commands <= 50_000, reads <= 200_000, streams * Double(run.history) <= 500_000,
      folded * Double(run.accounts) <= 40_000_000
    else {
      throw Diagnostic(
        "This run would fold too many events for a drill.",
        expected: "a lower rate, fewer customers, a shorter history or a shorter duration")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = CQRSSettings(request.settings, mutant: request.mutant)
    let world = CQRSWorld(
      settings, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    return world.run(for: settings.end - .zero)
  }
}
