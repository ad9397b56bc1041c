import Kernel
import Patterns
import Simulation

/// A migration behind a facade: routes move one by one from an old system to a new one.
public struct StranglerScenario: Scenario {
  init() {}

  /// The scenario's id.
  public var id: String { "strangler-fig" }
  /// What the scenario is.
  public var title: String { "A migration behind a facade" }
  /// The version of the model.
  public var version: Int { 1 }
  /// What can be turned.
  public var knobs: [Knob] { StranglerKnobs.design + StranglerKnobs.load }
  /// What a run measures.
  public var metrics: [Metric] { StranglerTally.metrics }
  /// What must never be broken.
  public var invariants: [Invariant] { StranglerTally.invariants }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity { Self.note }

  static let note = Fidelity(
    models: [
      "The facade routes each request by the stage of its route; the comparison, the canary and "
        + "the synchronisation are the machines of the bench.",
      "Both systems work on a few requests at once and hold data of their own; a change is carried "
        + "over after the fact, in the order in which it was made.",
      "Wrong answers, double charges and lost payments are read from what the systems did and hold.",
    ],
    leavesOut: [
      "Three routes of one shop: a quote, a balance, a payment. Real ones have hundreds.",
      "The facade costs nothing and does not fail; in production it is one more hop and a part that "
        + "can be down.",
      "Comparing ignores noise (times, ids, order), which real comparisons must filter.",
      "Both systems have the same schema: the translation between them is left out.",
    ],
    sources: [
      "Microsoft, Strangler fig pattern, "
        + "https://learn.microsoft.com/en-us/azure/architecture/patterns/strangler-fig",
      "github.com/github/scientist README.md @0171cdd57900",
      "nginx, https://www.nginx.org/docs/http/ngx_http_mirror_module.html",
    ])

  /// The deliberate bugs.
  public var mutants: [Mutant] {
    [
      Mutant(
        StranglerShortcut.mirrorsWrites.rawValue, title: "copies writes in shadow",
        summary: "The facade copies every request of a route in shadow. Copies of payments are "
          + "payments to the new system.",
        settings: ["shadow.for": "10s", "canary.for": "5s", "duration": "1m"],
        caughtBy: .invariant("mirror")),
      Mutant(
        StranglerShortcut.drawsAnew.rawValue, title: "draws the canary anew for each request",
        summary:
          "The share is right, but nobody stays where they are: a user meets now this system, "
          + "now that.",
        settings: ["canary.share": "30%", "duration": "1m"], caughtBy: .invariant("one system")),
      Mutant(
        StranglerShortcut.keepsDirection.rawValue,
        title: "keeps carrying data forward after the flip",
        summary:
          "The new system owns the data and nothing is carried back. The old one looks ready "
          + "for a rollback, and lacks every payment since.",
        settings: ["shadow.for": "5s", "canary.for": "5s", "duration": "1m"],
        caughtBy: .invariant("copy")),
    ]
  }

  /// The parts.
  public func roster(_ settings: Settings) -> Roster { StranglerSettings.roster }

  /// Refuses runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let work = settings.number("rate") * settings.span("duration").seconds
    guard work <= 300_000 else {
      throw Diagnostic(
        "This run would have \(Unit.count.text(work)) requests; 300,000 are allowed.",
        expected: "a lower rate or a shorter duration")
    }
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = StranglerSettings(request.settings, mutant: request.mutant)
    let world = StranglerWorld(
      settings, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    universe.run(until: .zero + settings.duration)
    return universe.world.outcome(at: .zero + settings.duration)
  }
}
