import Kernel
import Patterns
import Simulation

/// Clients in three zones and a store that keeps its data on one node, on a primary with backups,
/// on Raft, on quorums of equal nodes, or in replicated data types.
struct ReplicatedStoreScenario: Scenario {
  let id = "replicated-store"
  let title = "Replicated stores: one copy, primary and backups, Raft, quorums, data types"
  let version = 1
  let knobs = StoreKnobs.all
  let metrics = StoreMeters.metrics
  let fidelity = StoreFidelity.scenario

  let invariants = [
    Invariant(
      "applied writes are in the log", "A node applies nothing that its log does not hold."),
    Invariant("epochs grow along the log", "No write stands before one of an earlier epoch."),
    Invariant("Election Safety", "At most one leader in a term of Raft."),
    Invariant("Log Matching", "Logs that agree on an entry agree on all before it."),
    Invariant("Leader Completeness", "A committed entry is in the log of every later leader."),
    Invariant("State Machine Safety", "No two servers apply different entries at an index."),
    Invariant("hints are for owners", "Nobody keeps a write for a node that does not own its key."),
    Invariant("siblings are in their context", "A version that is held has been seen."),
    Invariant("changes are numbered", "A replica keeps no more changes than it has counted."),
  ]

  let mutants = StoreMutants.all

  func roster(_ settings: Settings) -> Roster { StoreSetup(settings).roster.roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let (store, increment) = (settings.word("store"), settings.word("increment"))
    let isCounter = settings.word("workload") == "counter"
    if isCounter, store == "quorum", increment != "read-write" {
      throw Diagnostic(
        "A leaderless store with quorums has neither an atomic add nor a compare-and-set.",
        found: "increment=\(increment)", expected: "increment=read-write, or store=crdt")
    }
    if isCounter, store == "crdt", increment == "compare-and-set" {
      throw Diagnostic(
        "Replicated data types have no compare-and-set: nobody knows the value of all replicas.",
        found: "increment=\(increment)", expected: "increment=add or increment=read-write")
    }
    let lease = settings.span("lease")
    let patience = settings.span("failover.after")
    if settings.word("fencing") == "lease", lease < .milliseconds(400) {
      throw Diagnostic(
        "A lease must outlast two reports of the primary.", found: "lease=\(lease)",
        expected: "at least 400ms, with reports every 200 ms")
    }
    if patience < .milliseconds(500) {
      throw Diagnostic(
        "The monitor would give up a primary that reports every 200 ms.",
        found: "failover.after=\(patience)", expected: "at least 500ms")
    }
    let work =
      settings.span("duration").seconds * Double(settings.integer("clients"))
      / max(0.001, settings.span("think").seconds)
    try RunSize.refuse(
      work, of: "operations", above: 60_000,
      remedy: "fewer clients, more think, or a shorter duration")
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = StoreSetup(request.settings, mutant: request.mutant)
    var universe = StoreUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    let survivors = universe.survivors
    let findings = StoreFindings(
      setup: setup, meters: universe.meters, survivors: survivors, hasQuiet: true,
      replay: { Self.messages(of: request, setup, in: $0) })
    return Outcome(
      measurements: universe.meters.measurements(setup, survivors: survivors),
      series: universe.meters.series(until: setup.end),
      verdicts: verdicts(setup.kind, universe.violation), findings: findings.all,
      trace: universe.cluster.environment.trace, duration: universe.now - .zero)
  }

  /// Makes the run again up to the end of `stretch`, and keeps its messages.
  private static func messages(
    of request: ScenarioRequest, _ setup: StoreSetup, in stretch: ClosedRange<Instant>
  ) -> MessageRecorder<StoreMessage>? {
    var universe = StoreUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: 0, recording: stretch)
    universe.run(until: stretch.upperBound)
    return universe.cluster.recorder
  }

  private func verdicts(
    _ kind: StoreKind, _ broken: (at: Instant, violation: InvariantViolation)?
  ) -> [InvariantVerdict] {
    let names = invariants.map(\.name)
    let own =
      switch kind {
      case .single, .primaryBackup: names[..<2]
      case .raft: names[2..<6]
      case .quorum: names[6..<8]
      case .crdt: names[8...]
      }
    return [InvariantVerdict](own, broken)
  }
}
