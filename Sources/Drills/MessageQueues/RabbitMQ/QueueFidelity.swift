/// What the universe with a queue broker keeps of the real thing, and what not.
enum QueueFidelity {
  private static let site = "github.com/rabbitmq/rabbitmq-website docs/"

  static let sources = [
    site + "confirms.md, consumers.md, consumer-prefetch.md (acknowledgements, prefetch, confirms)",
    site + "dlx.md, ttl.md, maxlength.md, priority.md, quorum-queues/index.md",
    "github.com/rabbitmq/rabbitmq-server deps/rabbit/src/rabbit_fifo.erl (quorum queues)",
    "Recordings of RabbitMQ 3.10.8 (routing, redelivery order, limits, dead-lettering)",
  ]

  static let scenario = Fidelity(
    models: [
      "The brokers, with their disks, are the machines of the bench: classic queues with TTL, "
        + "length limits, priorities and dead-lettering, quorum queues on Raft.",
      "Confirmations leave after the disk's sync, or after a majority has the message on disk.",
      "Connections keep order or break; a dead process's connections are closed at once, a cut "
        + "is noticed by missing heartbeats.",
      "Loss, duplicates and order are read from what producers and consumers saw.",
    ],
    leavesOut: [
      "A broker writes every message by itself and syncs in groups; RabbitMQ's batching adds up to "
        + "a few hundred milliseconds to confirmations under load.",
      "Brokers have no limits of memory, processor or bandwidth, and do not slow publishers down "
        + "by credit flow or alarms: an unlimited queue grows without getting slower.",
      "Clients of a classic queue connect to the broker that has it.",
      "A consumer works on one message at a time; work does not get slower when its process holds "
        + "many.",
      "Raft's times are those of its options, not those of RabbitMQ's failure detector.",
      "Every return to a quorum queue counts towards the delivery limit, as up to RabbitMQ 4.2.",
    ],
    sources: sources)
}
