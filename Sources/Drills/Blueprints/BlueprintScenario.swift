public import Blueprints
import Kernel
import Simulation

/// A design as a scenario: every figure of its components and calls is a knob.
public struct BlueprintScenario: Scenario {
  /// The design as it stands in its file.
  public let blueprint: Blueprint

  /// The scenario of `blueprint`.
  public init(_ blueprint: Blueprint) { self.blueprint = blueprint }

  /// The id of the design.
  public var id: String { blueprint.id }
  /// The title of the design.
  public var title: String { blueprint.title }
  /// Counted up when the simulation changes its stories.
  public var version: Int { 1 }

  /// The knobs: `catalog.replicas`, `gateway.catalog.timeout` and so on, and the load of sources.
  public var knobs: [Knob] { BlueprintKnobs.knobs(of: blueprint) }

  /// The figures of the whole design, then of each component.
  public var metrics: [Metric] { BlueprintMetrics.metrics(of: blueprint) }

  /// What must always hold.
  public var invariants: [Invariant] {
    [
      Invariant(
        "conservation",
        "Every request that came has succeeded, failed or is under way; every place at an instance "
          + "and every call of a caller is accounted for; no line is longer than its bound.")
    ]
  }

  /// What the simulation keeps and leaves out, and what the design says of itself.
  public var fidelity: Fidelity {
    Fidelity(
      models: BlueprintFidelity.models,
      leavesOut: BlueprintFidelity.leavesOut + blueprint.leavesOut
        + (blueprint.cells > 1
          ? [
            "One cell of \(Unit.count.text(blueprint.cells)) equal ones is simulated, with its share "
              + "of the load; what crosses cells is left out."
          ] : []),
      sources: BlueprintFidelity.sources)
  }

  /// Components, their instances, zones and regions.
  public func roster(_ settings: Settings) -> Roster {
    (try? changed(settings)).map(BlueprintRun.roster) ?? BlueprintRun.roster(blueprint)
  }

  /// Refuses settings that make a design that cannot run.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    _ = try changed(settings)
  }

  /// The design with the settings in it.
  public func changed(_ settings: Settings) throws(Diagnostic) -> Blueprint {
    try BlueprintKnobs.apply(settings, to: blueprint)
  }

  /// Runs the design request by request.
  public func run(_ request: ScenarioRequest) -> Outcome {
    guard let design = try? changed(request.settings) else {
      preconditionFailure("the settings were validated before")
    }
    let run = BlueprintRun(
      design, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    return BlueprintMetrics.outcome(run)
  }
}

/// What is said of every design.
enum BlueprintFidelity {
  static let models = [
    "Every request moves by itself: it waits in real lines, takes places, is refused when a line is "
      + "full, and goes on being worked on after its caller has left.",
    "Balancers, breakers, retry policies and budgets, limits, eviction policies and the placement of "
      + "keys are the machines that the lessons use.",
    "Caches hold the keys that were asked for; popularity follows Zipf's law; an instance that "
      + "restarts is empty.",
    "Health checks are probes: unless a design says otherwise, three failures in a row 2 s apart take "
      + "an instance out, two successes bring it back (HAProxy's defaults).",
    "Scaling asks for instances × use ÷ target, as the Kubernetes Horizontal Pod Autoscaler does, and "
      + "new instances take their time to boot.",
  ]
  static let leavesOut = [
    "Sizes of messages, bandwidth and connection set-up; a message takes the latency of its distance.",
    "Processors, memory and garbage collection: an instance is a number of places and a time of work.",
    "What data says: stores answer without contents, so staleness and conflicts are the lessons' "
      + "subject and not a design's.",
  ]
  static let sources = [
    "HAProxy configuration manual, inter, fall, rise: github.com/haproxy/haproxy doc/configuration.txt",
    "Kubernetes, Horizontal Pod Autoscaling, algorithm details: "
      + "kubernetes.io/docs/tasks/run-application/horizontal-pod-autoscale",
  ]
}
