import Kernel

/// What the model of event-driven services keeps and leaves out.
enum EventFidelity {
  static let note = Fidelity(
    models: [
      "The orders database has local transactions with row locks and an outbox table in the order "
        + "of commits; relays poll it over the network, claim rows, publish, and mark when the "
        + "topic has acknowledged.",
      "Topic and queues are the SNS and SQS machines of the scenario sqs, with leases, groups and "
        + "five minutes of deduplication.",
      "Consumers commit their inbox, effect and copy in one transaction, and read payloads by the "
        + "schema they know.",
      "What was lost, repeated, out of order, invented or left stale is read from commits, "
        + "consumers' databases and the reader of the dead-letter queues.",
    ],
    leavesOut: [
      "Relays poll; reading the database's log instead (change data capture) changes the delay, "
        + "not the guarantee: it restarts from its last stored position too.",
      "A crash of a database or of the topic is an outage after which nothing is forgotten.",
      "An effect is a row in the consumer's database. One outside it, such as a mail, cannot "
        + "share the transaction and needs an idempotency key of its own.",
      "Each consuming service has one worker; more of them compete for one queue as in the "
        + "scenario sqs.",
      "The chance of a ghost or a lost event in production depends on how often processes die "
        + "between two steps a few milliseconds apart; here faults make it happen.",
    ],
    sources: [
      "Debezium, outbox event router, github.com/debezium/debezium "
        + "documentation/modules/ROOT/pages/transformations/outbox-event-router.adoc",
      "PostgreSQL, SELECT, the locking clause with SKIP LOCKED, "
        + "https://www.postgresql.org/docs/current/sql-select.html",
      "Confluent, schema evolution and compatibility, "
        + "https://docs.confluent.io/platform/7.2/schema-registry/avro.html",
      "Amazon SNS and SQS developer guides, github.com/awsdocs",
    ])
}
