import Kernel
import Patterns
import Simulation

/// Publishers, two Redis servers with a sentinel, and workers under faults.
struct RedisStreamsScenario: Scenario {
  let id = "redis-streams"
  let title = "Redis streams and pub/sub: groups, claims, failover"
  let version = 1
  let knobs = RedisStreamsKnobs.all
  let metrics = DeliveryMeters.metrics + StreamTally.redisMetrics
  let fidelity = RedisStreamsFidelity.note

  var mutants: [Mutant] { RedisStreamsMutant.allCases.map(\.mutant) }

  let invariants = [
    Invariant("pending entries are in order", "What is pending stands in the order of its ids."),
    Invariant("pending entries have a consumer", "Nothing is pending for somebody unknown."),
    Invariant("output buffer limit", "No more bytes of pub/sub wait for a client than allowed."),
  ]

  func roster(_ settings: Settings) -> Roster { RedisStreamsSetup.make(settings).roster }

  func validate(_ settings: Settings) throws(Diagnostic) { try StreamSetup.validate(settings) }

  func run(_ request: ScenarioRequest) -> Outcome {
    let mutant = request.mutant.flatMap(RedisStreamsMutant.init(rawValue:))
    let setup = RedisStreamsSetup.make(request.settings, mutant: mutant)
    var universe = StreamUniverse(setup, request)
    universe.run()
    let own = universe.tally.redis
    return universe.outcome(invariants, own)
  }
}

/// What the model of Redis keeps and leaves out.
enum RedisStreamsFidelity {
  static let note = Fidelity(
    models: [
      "Streams and channels are the machines that replay recordings of Redis 7.0.15; every command "
        + "goes through them.",
      "The primary answers and then sends its writes to the replica; a replica with a gap takes the "
        + "whole data anew, and so does a former primary, which drops what only it had.",
      "The append-only file is synced each write, each second or every 30 s (for `no`, which leaves it "
        + "to the kernel); a crash is that of the machine and loses what was not synced.",
      "A worker that restarts first reads what is pending for it, then what is new; between "
        + "messages it claims what others left.",
    ],
    leavesOut: [
      "One sentinel stands for three; clients learn of a new primary within a second of it.",
      "BLOCK is a poll here, MAXLEN ~ trims exactly, and rewriting the append-only file is left out.",
      "A publisher that gets no answer adds the entry again under a new id: Redis 7.0 streams do not "
        + "know repeats.",
      "In pub/sub every worker is a subscriber of its own, which is owed a copy of everything.",
    ],
    sources: [
      "redis/redis 7.0: src/t_stream.c, redis.conf, sentinel.conf",
      "https://redis.io/docs/latest/commands/wait",
      "https://redis.io/learn/operate/redis-at-scale/high-availability/basic-replication",
    ])

  static let bench = Fidelity(
    models: [note.models[0]],
    leavesOut: [
      "One server without a file and without a replica; replies take no time.",
      "BLOCK is not there: a read answers at once.",
    ], sources: note.sources)
}
