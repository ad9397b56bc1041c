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
  public var version: Int { 2 }
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
        + "over after the fact, in the order in which it was made, while both systems are there.",
      "The owner changes when nothing is on its way to it; writes are refused until then.",
      "Wrong answers, double charges and lost payments are read from what the systems did and hold.",
    ],
    leavesOut: [
      "Three routes of one shop: a quote, a balance, a payment. Real ones have hundreds.",
      "The facade costs nothing and does not fail; in production it is one more hop and a part that "
        + "can be down.",
      "Noise is one field that differs by chance; real comparisons meet many kinds of it.",
      "Both systems have the same schema: the translation between them is left out.",
      "There is no old data to copy first: both systems begin empty.",
      "A crash keeps the data of a system; only the requests under way are lost.",
    ],
    sources: [
      "Microsoft, Strangler fig pattern, "
        + "https://learn.microsoft.com/en-us/azure/architecture/patterns/strangler-fig",
      "github.com/github/scientist README.md @0171cdd57900",
      "github.com/opendiffy/diffy README.md @0848f9888f59",
      "nginx, https://www.nginx.org/docs/http/ngx_http_mirror_module.html",
      "AWS, Rolling back from a migration with AWS DMS, "
        + "https://aws.amazon.com/blogs/database/rolling-back-from-a-migration-with-aws-dms/",
    ])

  /// The deliberate bugs.
  public var mutants: [Mutant] { facadeMutants + dataMutants }

  private var facadeMutants: [Mutant] {
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
        StranglerShortcut.goesBackToNothing.rawValue,
        title: "goes back to a system that is gone",
        summary:
          "A rollback is one change of the route table, and nobody asks whether what it points "
          + "to still exists.",
        settings: [
          "shadow.for": "5s", "canary.for": "5s", "retire.after": "5s", "rollback.at": "55s",
          "duration": "1m",
        ], caughtBy: .invariant("retired")),
    ]
  }

  private var dataMutants: [Mutant] {
    [
      Mutant(
        StranglerShortcut.keepsDirection.rawValue,
        title: "keeps carrying data forward after the flip",
        summary:
          "The new system owns the data and nothing is carried back. The old one looks ready "
          + "for a rollback, and lacks every payment since.",
        settings: [
          "shadow.for": "5s", "canary.for": "5s", "duration": "1m", "rollback.at": "50s",
        ], caughtBy: .invariant("rollback")),
      Mutant(
        StranglerShortcut.flipsAtOnce.rawValue,
        title: "changes the owner while changes are on their way",
        summary: "The flip does not wait for the log to run dry. What arrives late overwrites what "
          + "the new owner has taken since.",
        settings: [
          "shadow.for": "5s", "canary.for": "5s", "sync.every": "2s", "duration": "1m",
        ], caughtBy: .invariant("flip")),
      Mutant(
        StranglerShortcut.writesTwice.rawValue, title: "writes into both systems by itself",
        summary:
          "The facade writes each payment twice and carries nothing. While one of the two is "
          + "away its write is missing, and nothing ever brings it.",
        settings: ["duration": "1m"], faults: ["at 10s crash new for 5s"],
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
