import Kernel
import Patterns
import Simulation

/// A redundant service: who leads, who finds out that the leader is gone, and what that costs.
///
///     clients ──▶ n1 (leads) ──copies──▶ n2 (stands by)
///                  │  ▲                    │
///                  ▼  └── lease: dcs-1..3 ─┘       or adverts between n1 and n2
///               storage (checks tokens)
///
/// The lease store is three Raft servers of `Patterns/Raft`; nodes, elections and the storage are
/// the machines of `Patterns/Failover`.
struct FailoverScenario: Scenario {
  let id = "failover"
  let title = "A redundant service and its failover"
  let version = 1
  let knobs = FailoverKnobs.all
  let metrics = FailoverMeters.metrics
  let fidelity = FailoverFidelity.scenario

  let invariants = [
    Invariant(
      "tokens never fall",
      "With fencing the storage applies no write after one with a higher token."),
    Invariant("tokens in a log never fall", "An entry never follows one of a later leader."),
    Invariant(
      "a majority elects",
      "A Sentinel that replaces a primary was voted for by a majority of all Sentinels."),
    Invariant(
      "parallel syncs", "No more replicas are on their way to a new primary than allowed at once."),
    Invariant(
      "fenced first",
      "With fencing on, a cluster gives nobody the service while a lost node may still run it."),
    Invariant(
      "standby follows",
      "A standby that says it has n entries of its leader has the leader's first n entries."),
  ]

  func roster(_ settings: Settings) -> Roster {
    FailoverRoster(nodes: settings.integer("nodes"), election: settings.word("election")).roster
  }

  func validate(_ settings: Settings) throws(Diagnostic) {
    try checkCluster(settings)
    let deadline = settings.span("renew.deadline")
    guard deadline < settings.span("lease") else {
      throw Diagnostic(
        "A leader must give up before the others may claim.", found: "renew.deadline=\(deadline)",
        expected: "less than lease=\(settings.span("lease"))")
    }
    guard settings.span("retry.period") < deadline else {
      throw Diagnostic(
        "A leader must have a chance to renew before its deadline.",
        found: "retry.period=\(settings.span("retry.period"))",
        expected: "less than renew.deadline=\(deadline)")
    }
  }

  private func checkCluster(_ settings: Settings) throws(Diagnostic) {
    guard settings.flag("two.node"), settings.integer("nodes") != 2 else { return }
    throw Diagnostic(
      "Only a cluster of two nodes can give each of them quorum alone.",
      found: "two.node=on with nodes=\(settings.integer("nodes"))",
      expected: "nodes=2, or two.node=off")
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = FailoverSetup(request.settings, mutant: request.mutant)
    var universe = FailoverUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    let end = universe.now
    let verdicts = invariants.map { invariant in
      guard let broken = universe.violation, broken.violation.invariant == invariant.name else {
        return InvariantVerdict(invariant.name, .holds)
      }
      return InvariantVerdict(
        invariant.name, .violated(at: broken.at, witness: broken.violation.witness))
    }
    return Outcome(
      measurements: universe.meters.measurements(
        until: end, from: .zero + FailoverSetup.warmUp, lost: universe.lost().count),
      series: universe.meters.series, verdicts: verdicts,
      trace: universe.cluster.environment.trace, duration: end - .zero)
  }

  var mutants: [Mutant] { FailoverMutants.all }
}
