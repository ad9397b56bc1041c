import Kernel
import Patterns
import Simulation

/// Workers that many tenants share, and one tenant whose requests kill whoever takes them.
public struct ShuffleScenario: Scenario {
  static let checks = [
    Invariant("conservation", "Every request ends once or is still under way at the end."),
    Invariant("hands", "Each tenant has its number of different workers and uses no others."),
    Invariant("blast radius", "Poison kills no worker outside the shard of the tenant it is of."),
  ]

  /// A scenario.
  public init() {}

  /// The scenario's id.
  public var id: String { "shuffle-sharding" }
  /// What the scenario is.
  public var title: String { "Workers that tenants share, and one tenant that kills them" }
  /// The version of the model.
  public var version: Int { 1 }
  /// The plan, then the load and the surroundings.
  public var knobs: [Knob] { ShuffleSettings.knobs }
  /// What must never be broken.
  public var invariants: [Invariant] { Self.checks }

  /// The workers.
  public func roster(_ settings: Settings) -> Roster {
    Roster(ShuffleSettings(settings, seed: 0, mutant: nil).names)
  }

  /// Refuses shards larger than the deck, and runs that would be too long.
  public func validate(_ settings: Settings) throws(Diagnostic) {
    let workers = settings.integer("workers")
    guard settings.integer("shard") <= workers else {
      throw Diagnostic(
        "A shard of \(settings.integer("shard")) does not fit into \(workers) workers.",
        expected: "a shard of at most \(workers)")
    }
    let work = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      work, of: "requests", above: 200_000, remedy: "a lower rate or a shorter duration")
  }

  /// Runs the model.
  public func run(_ request: ScenarioRequest) -> Outcome {
    let settings = ShuffleSettings(request.settings, seed: request.seed, mutant: request.mutant)
    let world = ShuffleWorld(
      settings, roster: roster(request.settings), faults: request.faults, seed: request.seed,
      traceCapacity: request.traceCapacity)
    return world.run(for: settings.duration)
  }

  /// What a run measures.
  public var metrics: [Metric] {
    [
      Metric(
        "success", .fraction, "The share of the other tenants' requests that were answered."),
      Metric("goodput", .perSecond, "Requests answered, a second, over the whole run."),
      Metric("p99", .seconds, "99 % of the answers came within this time."),
      Metric(
        "tenants_dark", .count,
        "Other tenants that had less than half of their requests answered under the poison."),
      Metric(
        "tenants_hurt", .count,
        "Other tenants that had less than 95 % of their requests answered under the poison."),
      Metric(
        "same_shard", .count, "Other tenants with exactly the same workers as the bad one."),
      Metric(
        "expected_same", .count,
        "How many there are on average: (tenants - 1) / C(workers, shard) with shuffling."),
      Metric("untouched", .count, "Other tenants that share no worker with the bad one."),
      Metric(
        "expected_untouched", .count,
        "How many there are on average: (tenants - 1) C(workers - shard, shard) / C(workers, shard)"
          + " with shuffling."),
      Metric("workers_down", .count, "The most workers that were down at a time."),
      Metric("kills", .count, "How often the poison killed a worker."),
    ]
  }

  /// What the model keeps and leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: [
        "Shards are the machine of the bench, and every request goes to a worker of its shard.",
        "A poisoned request that a worker takes kills it; it is then tried on the next one.",
        "The exact averages stand beside what this seed's shards gave.",
      ],
      leavesOut: [
        "Tenants are equally large. Nobody moves a tenant or closes it out.",
        "Messages take no time; a client sees at once that a worker is down.",
        "A killed worker always takes the same time to come back.",
      ],
      sources: [
        "aws.amazon.com/builders-library/workload-isolation-using-shuffle-sharding"
      ])
  }

  /// The deliberate bug, with the settings under which it shows.
  public var mutants: [Mutant] {
    [
      Mutant(
        BulkheadShortcut.shardsInARow.rawValue, title: "deals neighbours instead of hands",
        summary: "A tenant gets a first worker by chance and the ones next to it. Of 8 workers "
          + "there are 8 such shards of 4 instead of 70, and many tenants share all of theirs.",
        settings: [
          "plan": "shuffle", "shard": "4", "tries": "4", "duration": "20s", "poison.for": "8s",
        ],
        caughtBy: .objective("same_shard < 12"))
    ]
  }
}

extension ShuffleWorld {
  /// What came out of the run.
  mutating func outcome(at end: Instant) -> Outcome {
    if tally.arrivedCount != tally.goodCount + tally.failedCount + requests.count {
      checks.violated("conservation", at: end, "\(requests.count) requests do not add up")
    }
    let bad = Set(hands[0])
    for (place, worker) in workers.enumerated() where worker.life > 0 && !bad.contains(place) {
      checks.violated("blast radius", at: end, "worker-\(place + 1) was killed")
    }
    return Outcome(
      measurements: measurements(bad), series: tally.series, verdicts: checks.verdicts,
      trace: environment.trace, duration: settings.duration)
  }

  private func measurements(_ bad: Set<Int>) -> [Measurement] {
    func count(_ name: String, _ value: Int) -> Measurement {
      Measurement(name, Double(value), .count)
    }
    let others = accounts.dropFirst().filter { $0.came > 0 }
    let hands = hands.dropFirst()
    let size = settings.shards.plan == .shared ? settings.shards.workers : settings.shards.size
    let crowd = Double(settings.tenants - 1)
    return [
      Measurement("success", tally.success(0), .fraction),
      Measurement("goodput", tally.goodput, .perSecond),
      Measurement("p99", tally.quantile(0.99), .seconds),
      count("tenants_dark", others.count { $0.good * 2 < $0.came }),
      count("tenants_hurt", others.count { $0.good * 20 < $0.came * 19 }),
      count("same_shard", hands.count { Set($0) == bad }),
      Measurement("expected_same", crowd * settings.shards.chance(ofSharing: size), .count),
      count("untouched", hands.count { bad.isDisjoint(with: $0) }),
      Measurement("expected_untouched", crowd * settings.shards.chance(ofSharing: 0), .count),
      count("workers_down", mostDown), count("kills", kills),
    ]
  }
}
