import Kernel

/// What the model of transactions over several services keeps and leaves out.
enum CommerceFidelity {
  static let note = Fidelity(
    models: [
      "Orders, inventory, shipping and payment are processes with disks of their own; a step's "
        + "effect, its key and the event about it are one local transaction.",
      "Two-phase commit has presumed abort: the record of the decision is forced before anybody "
        + "hears of it, no record means abort, and a prepared service holds its locks until it "
        + "knows.",
      "The orchestrator logs a step before it sends it and goes on from the log after a crash, "
        + "with the same keys; the pivot is tried until its answer is known.",
      "Choreographed services react to each other's events, with an outbox and keys as their inbox.",
      "What took effect is read from the disks after the run by an audit that knows nothing of the "
        + "machines.",
    ],
    leavesOut: [
      "Every service is one process; replicas of the coordinator's log (as by Raft) would shorten "
        + "its absence and are left out.",
      "Reads see the last committed balance and are never blocked; under strict locking they would "
        + "wait for a prepared transaction as writers do.",
      "Locks are on one record each and exclusive; read locks, escalation and the detection of "
        + "deadlocks are left out, a lock timeout stands for the latter.",
      "Read-only votes, the last agent and other optimisations of two-phase commit are left out.",
      "Events go straight from service to service; a broker in between adds delay and more repeats, "
        + "as the topic event-driven shows.",
      "A version file is there as the fence only: it keeps what was undone from coming late.",
      "Versions of workflow code, timers and human tasks of workflow engines are left out.",
    ],
    sources: [
      "Garcia-Molina and Salem, Sagas, SIGMOD 1987, doi 10.1145/38713.38742",
      "Richardson, Microservices Patterns, the saga pattern and its countermeasures, "
        + "https://microservices.io/patterns/data/saga.html",
      "PostgreSQL documentation, PREPARE TRANSACTION, "
        + "https://www.postgresql.org/docs/current/sql-prepare-transaction.html",
      "Temporal documentation, Retry Policies, "
        + "https://docs.temporal.io/encyclopedia/retry-policies",
      "Apache Seata, github.com/apache/incubator-seata @0b9d7c9a49",
    ])
}
