import Kernel
import Patterns
import Simulation
import Verification

/// Three brokers, producers and a group of consumers, in Kafka's terms.
struct LogScenario: Scenario {
  let id = "log-broker"
  let title = "A log broker: Kafka's partitions, replicas and consumer groups"
  let version = 2
  let knobs = LogKnobs.all
  let metrics = DeliveryMeters.metrics + LogMeters.metrics
  let fidelity = LogFidelity.note
  let mutants = LogMutants.all

  let invariants = [
    Invariant("committed records are in the log", "No high watermark lies beyond its log."),
    Invariant("leader epochs grow along the log", "No record stands before one of an older epoch."),
    Invariant("a leader is in sync", "The controller appoints nobody outside the ISR it keeps."),
    Invariant(
      "one leader an epoch", "In an epoch nobody else leads, nor the same broker in another life."),
    Invariant(
      "the in-sync replicas have what is committed",
      "No high watermark passes the log end of a replica that counts as in sync."),
    Invariant(
      "committed records neither change nor vanish",
      "Below the high watermark, while no unclean election is allowed."),
    Invariant(
      "logs agree as far as both are committed", "Below the smaller of two high watermarks."),
    Invariant(
      "in-sync replicas have the leader's log", "Up to the leader's high watermark."),
    Invariant("one reader a partition", "In a generation a partition has at most one member."),
    Invariant("requests in flight are limited", "No producer exceeds max.in.flight."),
  ]

  func roster(_ settings: Settings) -> Roster { LogSetup(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) {
    let replication = settings.integer("replication.factor")
    let least = settings.integer("min.insync.replicas")
    if least > replication {
      throw Diagnostic(
        "min.insync.replicas above the replication factor refuses every write.",
        found: "min.insync.replicas=\(least)", expected: "at most \(replication)")
    }
    if settings.flag("enable.idempotence") {
      if settings.word("acks") != "all" {
        throw Diagnostic(
          "An idempotent producer needs acks=all, as Kafka says.",
          found: "acks=\(settings.word("acks"))",
          expected: "acks=all, or enable.idempotence=off")
      }
      if settings.integer("max.in.flight.requests") > 5 {
        throw Diagnostic(
          "An idempotent producer keeps order with at most 5 requests in flight.",
          found: "max.in.flight.requests=\(settings.integer("max.in.flight.requests"))",
          expected: "at most 5, or enable.idempotence=off")
      }
    }
    if settings.flag("transactional.id") {
      guard settings.flag("transform"), settings.flag("enable.idempotence") else {
        throw Diagnostic(
          "A transactional.id is for workers that transform, and needs idempotence.",
          found: "transactional.id=on", expected: "transform=on and enable.idempotence=on")
      }
    }
    let records = settings.number("rate") * settings.span("duration").seconds
    try RunSize.refuse(
      records, of: "records", above: 60_000, remedy: "a lower rate or a shorter duration")
  }

  func run(_ request: ScenarioRequest) -> Outcome {
    let setup = LogSetup(request.settings, mutant: request.mutant)
    var universe = LogUniverse(
      setup, faults: request.faults, seed: request.seed, traceCapacity: request.traceCapacity)
    universe.run(until: setup.end)
    let messages = universe.meters.history.messages
    let ghosts = universe.table.ghosts { messages[$0].confirmedAt != nil }
    universe.own.ghosts = ghosts.count
    var findings = universe.meters.findings(
      name: { "record \($0.number) of key-\($0.key ?? 0)" }, consumer: setup.consumerName)
    if setup.broker.cleaning.compacts {
      // What a later record of its key has replaced nobody is owed.
      findings.removeAll { $0.guarantee == DeliveryAudit.Promise.noLoss.rawValue }
      findings.append(LogTable.finding(ghosts))
    }
    return Outcome(
      measurements: universe.meters.measurements + universe.own.measurements,
      series: universe.meters.series(until: setup.end),
      verdicts: [InvariantVerdict](invariants.map(\.name), universe.violation),
      findings: findings, trace: universe.cluster.environment.trace,
      duration: universe.now - .zero)
  }
}

/// What the model of the log broker keeps and leaves out.
enum LogFidelity {
  static let note = Fidelity(
    models: [
      "Followers fetch, the high watermark is what every in-sync replica has, leaders shrink and "
        + "expand the ISR through the controller, and logs are cut by leader epoch.",
      "Producers send again by Kafka's rules, with and without sequence numbers; brokers remember "
        + "the last five batches of a producer.",
      "Groups follow the classic protocol: joining, generations, heartbeats, session and poll "
        + "timeouts, eager and cooperative rebalances, static members, commits.",
      "A crash of a broker is that of its machine: what the operating system had not flushed is gone.",
      "After every step all brokers are held against Kafka's promises: leaders, ISR, committed records.",
      "Retention by time and size, and cleaning by key with tombstones, in whole segments.",
      "Transactions: producer epochs and fencing, markers in every log, the last stable offset, "
        + "positions that commit with them, a coordinator that carries out what it has decided.",
      "Loss, duplicates, order and times are read from what producers and consumers saw.",
    ],
    leavesOut: [
      "There is one topic and one group, the controller is one node, and the group's coordinator is "
        + "a node of its own that keeps positions on its disk instead of in a topic.",
      "A batch holds one record; there is no compression, no quota and no bandwidth.",
      "The coordinator computes the assignment that in Kafka the first member does.",
      "A broker that restarts must catch up before it is in sync again, also after a clean stop.",
    ],
    sources: [
      "KIP-98, KIP-447, KIP-890: transactions",
      "apache/kafka: Partition, ReplicaManager, ReplicationControlManager, ClassicGroup, Sender, "
        + "ConsumerCoordinator; ProducerConfig, ConsumerConfig, LogConfig",
      "KIP-101, KIP-279, KIP-345, KIP-429, KIP-497",
    ])
}

/// The deliberate bugs of the log broker.
enum LogMutants {
  static let all: [Mutant] = [
    Mutant(
      "acknowledges-early", title: "answers acks=all when the leader alone has the record",
      summary: "The leader does not wait for the in-sync replicas. When it dies, records that were "
        + "acknowledged are gone.",
      settings: [
        "min.insync.replicas": "2", "request.timeout.ms": "1s", "duration": "30s",
        "broker.session.timeout.ms": "3s", "rate": "60", "log.flush": "each",
      ],
      faults: [
        "at 12s partition b1 | b2,b3,controller for 10s", "at 12.9s crash b1 for 3s",
        "at 22s partition b2 | b1,b3,controller for 6s", "at 22.9s crash b2 for 3s",
      ], caughtBy: .finding("no confirmed message is lost")),
    Mutant(
      "sequence-unchecked", title: "appends a repeated batch again",
      summary: "The broker does not look at sequence numbers: a batch whose answer was lost is in "
        + "the log twice.",
      settings: [
        "min.insync.replicas": "2", "request.timeout.ms": "300ms", "duration": "30s",
        "commit": "after",
      ], faults: ["at 10s drop 20 % b1,b2,b3 -> p1,p2 for 10s"],
      caughtBy: .finding("no message is applied twice")),
    Mutant(
      "isr-never-shrinks", title: "keeps dead followers in the in-sync set",
      summary: "A follower that is cut off holds the high watermark: nothing is committed, and "
        + "producers wait, until it is back.",
      settings: [
        "replica.lag.time.max.ms": "2s", "request.timeout.ms": "30s", "duration": "40s",
        "broker.session.timeout.ms": "60s",
      ], faults: ["at 10s partition b3 | b1,b2 for 25s"], caughtBy: .objective("latency_max < 12 s")
    ),
    Mutant(
      "watermark-ahead-of-isr", title: "moves the high watermark with the leader's log alone",
      summary: "What the leader has counts as committed. Consumers read records that no follower "
        + "has, and that are gone when the leader dies.",
      settings: ["min.insync.replicas": "2", "duration": "20s", "log.flush": "each"],
      caughtBy: .invariant("the in-sync replicas have what is committed")),
    Mutant(
      "follower-keeps-tail", title: "does not cut a follower's log where the leader's differs",
      summary:
        "A leader that was cut off comes back with records that nobody else has, keeps them, "
        + "and takes the new leader's records after them: two replicas, two truths.",
      settings: [
        "acks": "1", "enable.idempotence": "off", "duration": "40s", "log.flush": "each",
        "broker.session.timeout.ms": "3s", "replica.lag.time.max.ms": "2s",
        "request.timeout.ms": "1s",
      ], faults: ["at 10s partition b1 | b2,b3,controller for 8s"],
      caughtBy: .invariant("logs agree as far as both are committed")),
  ]
}
