import Kernel
import Patterns
import Simulation

/// A database with backups, an archive of its log, perhaps a second region; and a disaster.
///
///     primary ──log──▶ archiver ──▶ archive ─┐
///        │ ──base backups───────────▶        ├──▶ recovery ──▶ service ──▶ failback
///        ├──changes──▶ copy in another zone ─┤
///        └──changes──▶ standby, far away ────┘
struct DisasterScenario: Scenario {
  let id = "disaster-recovery"
  let title = "A disaster, and what is left"
  let version = 2
  let knobs = DisasterKnobs.all
  let metrics = DisasterMeters.metrics
  let fidelity = DisasterFidelity.scenario
  let invariants = [
    Invariant(
      "a restore is the past",
      "Restored rows are those of the primary after the last commit that was replayed."),
    Invariant("chains are whole", "Every kept backup has the backups that it builds on."),
    Invariant("locks hold", "No locked backup is deleted before its lock is over."),
    Invariant(
      "answered commits are in two zones",
      "With a synchronous copy no commit is answered before the other zone has it."),
    Invariant(
      "failback has one history",
      "A resynchronised site has the rows of the site that served, and none of its own besides."),
  ]

  func roster(_ settings: Settings) -> Roster { DisasterSetup.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let isBack = settings.span("site.returns") > .zero
    let span = settings.span("disaster.at") + (isBack ? .hours(72) : .zero)
    let commits = settings.number("rate") * span.seconds
    guard commits <= 60_000 else {
      throw Diagnostic(
        "This run would have \(Unit.count.text(commits)) commits; 60,000 are allowed.",
        expected: "a lower rate or an earlier disaster")
    }
    let full = settings.number("data.size") / settings.number("restore.rate")
    guard full < settings.span("backup.every").seconds else {
      throw Diagnostic(
        "A full backup takes longer than the time between two backups.",
        found: TimeSpan(seconds: full).description,
        expected: "less than backup.every=\(settings.span("backup.every"))")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = DisasterSetup(request.settings, mutant: request.mutant)
    let world = DisasterWorld(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    var universe = Universe(world, capacity: 1_024)
    universe.world.begin(in: &universe.queue)
    universe.run(until: setup.end)
    var end = universe.world
    end.meters.meanWait = end.gate.meanWait
    let verdicts = invariants.map { invariant in
      guard let broken = end.violation, broken.violation.invariant == invariant.name else {
        return InvariantVerdict(invariant.name, .holds)
      }
      return InvariantVerdict(
        invariant.name, .violated(at: broken.at, witness: broken.violation.witness))
    }
    return Outcome(
      measurements: end.meters.measurements(setup), series: [], verdicts: verdicts,
      trace: end.environment.trace, duration: setup.end - .zero)
  }

  var mutants: [Mutant] { DisasterMutants.all }
}
