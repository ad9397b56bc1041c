import Kernel
import Patterns
import Simulation

/// Clients that run transactions on one database, at an isolation level, under faults.
///
///     clients ──BEGIN, SELECT, UPDATE, COMMIT──▶ network ──▶ database: snapshots, locks, versions
///        think · work out · retry       ◀──answers, 40001, 40P01──
///
/// Every row carries the list of those who wrote it, and every write appends itself: what clients
/// read of the lists tells a checker which versions they saw, and the rest is arithmetic.
struct TransactionsScenario: Scenario {
  let id = "transactions"
  let title = "Transactions at an isolation level: counters, transfers, shifts, lists"
  let version = 1
  let knobs = TransactionKnobs.all
  let metrics = TransactionMeters.metrics
  let mutants = TransactionMutants.all

  let invariants = [
    Invariant("one live version", "A row has at most one version that nobody has ended."),
    Invariant("exclusive row locks", "No two transactions hold locks that exclude each other."),
    Invariant(
      "nothing of ended transactions", "Locks and versions of rolled-back transactions are gone."),
    Invariant("waiters have a statement", "Whoever waits for a lock has a statement under way."),
    Invariant("unique keys", "No two live rows have one key."),
  ]

  let fidelity = Fidelity(
    models: [
      "The database is the machine of the bench, compared with recordings of PostgreSQL 15.18 step "
        + "by step: snapshots, row locks, re-checks, first updater wins, SIREAD locks, deadlocks.",
      "Clients see only answers; anomalies are found in what they read, by circles of dependencies.",
      "A client that has no answer in time gives its connection up, and does not know what became "
        + "of a commit.",
    ],
    leavesOut: [
      "The database takes every statement at once: processors, disks and connection limits are "
        + "left out, so that contention for rows is all there is.",
      "A crash of the database loses what was not committed and nothing else; its restart takes no "
        + "time besides.",
      "A connection that was given up is known to the database as soon as the network lets it; real "
        + "servers may keep its locks until a keepalive fails.",
      "The isolation level is the same for all transactions.",
    ] + ToolPreset.postgresql.leavesOut,
    sources: [
      "PostgreSQL 15 documentation, chapter 13 Concurrency Control",
      "github.com/postgres/postgres src/backend/storage/lmgr/predicate.c, README-SSI",
      "Berenson et al., A Critique of ANSI SQL Isolation Levels, SIGMOD 1995",
      "Kingsbury and Alvaro, Elle, VLDB 2020",
    ])

  func roster(_ settings: Settings) -> Roster { TransactionSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let setup = TransactionSetup(settings)
    if setup.workload == .onCall, !setup.rows.isMultiple(of: 2) {
      throw Diagnostic(
        "Shifts have two doctors each.", found: "rows=\(setup.rows)",
        expected: "an even number of rows with workload=on-call")
    }
    let cycle = setup.think + setup.work + setup.network * 8
    let work = setup.duration.seconds * Double(setup.clients) / max(0.001, cycle.seconds)
    try RunSize.refuse(
      work, of: "transactions", above: 100_000,
      remedy: "fewer clients, more think, or a shorter duration")
    // Every read shows the whole list of a row's writers, which is half as long as it gets.
    let shown = work * work * (1 / Double(setup.rows) + setup.audits / 2)
    if shown > 8_000_000 {
      throw Diagnostic(
        "Clients would read about \(Unit.count.text(shown)) entries of the lists of writers; "
          + "8,000,000 are allowed.",
        expected: "fewer clients, more think, more rows, fewer audits, or a shorter duration")
    }
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = TransactionSetup(request.settings, mutant: request.mutant)
    var universe = Universe(
      TransactionWorld(
        setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity))
    universe.world.begin(in: &universe.queue)
    universe.run(until: setup.end)
    universe.world.lookAtEnd(at: universe.now)
    let meters = universe.world.meters
    let findings = TransactionFindings(meters)
    return Outcome(
      measurements: meters.measurements(findings.anomalies), series: meters.series,
      verdicts: [InvariantVerdict](invariants.map(\.name), universe.world.violation),
      findings: findings.all,
      trace: universe.world.environment.trace, duration: setup.end - .zero)
  }
}

extension TransactionWorld {
  /// When all is over, somebody beside the database reads every row in one transaction.
  mutating func lookAtEnd(at now: Instant) {
    guard environment.processes.runs(Self.database) else { return }
    for output in store.step(.submit(SessionID("last"), TransactionStatements.readAll), at: now) {
      if case .reply(_, .rows(let rows)) = output { meters.final = rows }
    }
  }
}
