import Kernel
import Patterns
import Simulation

/// A shop of three services in up to three zones, each instance behind a sidecar, and a control
/// plane that signs certificates and pushes configuration.
public struct ServiceMeshScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "service-mesh" }
  /// What the scenario is.
  public var title: String { "A shop whose services call each other through sidecars" }
  /// The version of the model.
  public var version: Int { 1 }
  /// Design, rollout, load and surroundings.
  public var knobs: [Knob] { MeshKnobs.all }
  /// What must never be broken.
  public var invariants: [Invariant] { MeshChecks.all }

  /// The workloads, the control plane and the clients as one node.
  public func roster(_ settings: Settings) -> Roster {
    Roster(MeshSettings(settings).plan.map(\.name) + ["control-plane", "client"])
  }

  /// Refuses runs that would be too long, and changes that come too late.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let mesh = MeshSettings(settings)
    let requests = (mesh.rate + mesh.batchRate + mesh.intruderRate) * mesh.duration.seconds
    let tries = Double((mesh.appRetries + 1) * mesh.design.retry.maxAttempts)
    guard requests <= 600_000, requests * tries * tries * tries <= 40_000_000 else {
      throw Diagnostic(
        "This run could have \(Unit.count.text(requests * tries * tries * tries)) calls; "
          + "40,000,000 of 600,000 requests are allowed.",
        expected: "a lower rate, a shorter duration or fewer retries")
    }
    if mesh.change != .none, mesh.changeAt >= mesh.duration {
      throw Diagnostic(
        "The change comes at \(mesh.changeAt), and the run is over by then.",
        expected: "a change.at below the duration, \(mesh.duration)")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = MeshSettings(request.settings, mutant: request.mutant)
    let world = MeshWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 4_096)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + settings.duration)
    return universe.world.outcome(at: .zero + settings.duration)
  }
}
