import Kernel
import Patterns
import Simulation

/// A shop whose orders touch four services, and that must not do half of one.
struct CommerceScenario: Scenario {
  let id = "distributed-transactions"
  let title = "Transactions over several services: two-phase commit and sagas"
  let version = 1
  let knobs = CommerceKnobs.all
  let metrics = CommerceFigures.metrics
  let fidelity = CommerceFidelity.note

  var mutants: [Mutant] { CommerceMutants.all }

  let invariants = [
    Invariant("atomic commit", "No service commits its part of a try that another aborts."),
    Invariant(
      "a promise holds its locks", "A prepared service holds the lock on each of its records."),
    Invariant("a decision is final", "What has been decided is never promised or decided again."),
    Invariant(
      "only steps before the pivot are undone", "An orchestrator plans to undo no other steps."),
  ]

  func roster(_ settings: Settings) -> Roster { CommerceSetup.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    guard settings.word("protocol") == "choreography" else { return }
    if settings.flag("semantic.lock") {
      throw Diagnostic(
        "Choreographed services here have nobody who takes the marks away.",
        found: "semantic.lock=on", expected: "semantic.lock=off, or protocol=saga")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    var universe = CommerceUniverse(request)
    universe.run()
    return universe.outcome(invariants)
  }
}
