import Kernel
import Patterns
import Simulation

/// A database with backups, an archive of its log, perhaps a second region; and a disaster.
///
///     primary ──log──▶ archiver ──▶ archive ─┐
///        │ ──base backups───────────▶        ├──▶ recovery ──▶ service
///        └──changes──▶ standby ──────────────┘
struct DisasterScenario: Scenario {
  let id = "disaster-recovery"
  let title = "A disaster, and what is left"
  let version = 1
  let knobs = DisasterKnobs.all
  let metrics = DisasterMeters.metrics
  let fidelity = DisasterFidelity.scenario
  let invariants = [
    Invariant(
      "a restore is the past",
      "Restored rows are those of the primary after the last commit that was replayed."),
    Invariant("chains are whole", "Every kept backup has the backups that it builds on."),
    Invariant("locks hold", "No locked backup is deleted before its lock is over."),
  ]

  func roster(_ settings: Settings) -> Roster { DisasterSetup.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let commits = settings.number("rate") * settings.span("disaster.at").seconds
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
    let end = universe.world
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

/// The deliberate bugs of the scenario.
enum DisasterMutants {
  static let all = [
    Mutant(
      RecoveryShortcut.orphansIncrements.rawValue,
      title: "expiry deletes the full backup that increments build on",
      summary: "Each backup is judged by its own age. The oldest, the full one, goes first, and "
        + "what is kept can no longer be restored.",
      settings: ["keep.last": "2"], caughtBy: .invariant("chains are whole")),
    Mutant(
      RecoveryShortcut.deletesLocked.rawValue,
      title: "a locked backup can be deleted by whoever has the keys",
      summary: "The lock is a flag that the administrator may clear. So may whoever has stolen "
        + "the administrator's keys.",
      settings: ["disaster": "ransomware", "backup.lock": "336h"],
      caughtBy: .invariant("locks hold")),
    Mutant(
      RecoveryShortcut.replaysPastTarget.rawValue,
      title: "replay applies the change that it was to stop before",
      summary: "The check comes after the change. Recovery to just before the drop includes the "
        + "drop.",
      settings: ["disaster": "table-dropped"], caughtBy: .objective("lost_commits < 100")),
    Mutant(
      RecoveryShortcut.archivesEarly.rawValue,
      title: "a segment counts as archived although the upload failed",
      summary: "The archive command returns success before the segment is safe. The primary "
        + "throws it away, and the log has a hole that nobody sees until a restore.",
      settings: ["disaster": "region-lost", "backup.place": "other-region"],
      faults: ["at 80h errors archive 100% for 1h"],
      caughtBy: .objective("rpo < 2 h")),
  ]
}
