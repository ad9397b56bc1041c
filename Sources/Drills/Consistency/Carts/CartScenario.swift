import Kernel
import Patterns
import Simulation

/// Households share shopping carts over several devices, on three nodes that all take writes.
struct CartScenario: Scenario {
  let id = "shopping-carts"
  let title = "Shopping carts that several devices change at once"
  let version = 1
  let knobs = CartKnobs.all
  let metrics = CartFigures.metrics
  let mutants = CartMutants.all

  let invariants = [
    Invariant("hints are for owners", "Nobody keeps a write for a node that does not own its key."),
    Invariant("siblings are in their context", "A version that is held has been seen."),
    Invariant("changes are numbered", "A replica keeps no more changes than it has counted."),
  ]

  let fidelity = Fidelity(
    models: [
      "Each device reads its cart from R replicas and writes it to W, over the simulated network and "
        + "disks, by the machine of the leaderless store; an add-wins set gossips what changed.",
      "Versions carry dotted version vectors: a write replaces what its device had read, and stands "
        + "beside the rest.",
      "A deletion is a tombstone that is forgotten after its life.",
      "Additions that are lost and removals that come back are found from what devices saw.",
    ],
    leavesOut: [
      "A cart has at most 60 items, and each device chooses items that no other chooses.",
      "Sessions, prices and stock.",
      "Tombstones of the set: its version vector says what was removed, and is never cut.",
    ],
    sources: [
      "DeCandia et al., Dynamo, SOSP 2007, sections 4.4 and 6.3",
      "Preguica et al., Dotted version vectors (2010); Shapiro et al., INRIA RR-7506 (2011)",
      "Apache Cassandra documentation, tombstones and gc_grace_seconds",
    ])

  func roster(_ settings: Settings) -> Roster { CartSetup(settings).roster.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let checkout = settings.span("checkout.at")
    guard checkout <= settings.span("duration") else {
      throw Diagnostic(
        "The carts would be paid after the devices have stopped.",
        found: "checkout.at=\(checkout)", expected: "at most the duration")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = CartSetup(request.settings, mutant: request.mutant)
    var universe = CartUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    return Outcome(
      measurements: CartFigures.measurements(universe.record, setup),
      series: CartFigures.series(universe.record, until: setup.end),
      verdicts: [InvariantVerdict](invariants.map(\.name), universe.violation),
      findings: CartFindings(setup: setup, record: universe.record).all,
      trace: universe.cluster.environment.trace, duration: universe.now - .zero)
  }
}
