import Kernel
import Patterns

/// The knobs of the log broker, under Kafka's names.
enum LogKnobs {
  static let all: [Knob] = topic + cleaning + producer + transactions + consumer + load

  private static let config = "apache/kafka, ProducerConfig, ConsumerConfig, LogConfig"

  static let topic: [Knob] = [
    Knob("partitions", .integer(1...24), standard: .integer(6), "Partitions of the topic."),
    Knob(
      "replication.factor", .integer(1...3), standard: .integer(3), source: config,
      "Copies of each partition, on so many brokers."),
    Knob(
      "min.insync.replicas", .integer(1...3), standard: .integer(1), source: config,
      "Below so many in-sync replicas a write with acks=all is refused."),
    Knob(
      "unclean.leader.election.enable", .flag, standard: .flag(false), source: config,
      "Whether a replica that was out of sync may lead when no other lives."),
    Knob(
      "replica.lag.time.max.ms", .span(.milliseconds(500)...(.minutes(2))),
      standard: .span(.seconds(30)), source: config,
      "How long a follower may be behind before it leaves the ISR."),
    Knob(
      "broker.session.timeout.ms", .span(.seconds(2)...(.minutes(1))), standard: .span(.seconds(9)),
      source: "apache/kafka, KRaftConfigs",
      "How long the controller hears nothing of a broker before it gives it up."),
    Knob(
      "log.flush", .choice(["system", "each"]), standard: .word("system"), source: config,
      "Whether the operating system flushes some time, or each batch is flushed before it counts."),
  ]

  static let cleaning: [Knob] = [
    Knob(
      "cleanup.policy", .choice(["delete", "compact"]), standard: .word("delete"), source: config,
      "Whether old segments are deleted, or cleaned so that the last record of each key stays."),
    Knob(
      "retention.ms", .span(.seconds(1)...(.hours(720))), standard: .span(.hours(168)),
      source: config, "How long a segment stays after its newest record."),
    Knob(
      "retention.bytes", .integer(-1...100_000_000), standard: .integer(-1), source: config,
      "Bytes a partition may have before its oldest segments go, 1,024 a record; -1 is no limit."),
    Knob(
      "segment.records", .integer(5...100_000), standard: .integer(1_000),
      "Records of a segment; stands for segment.bytes. The newest segment always stays."),
    Knob(
      "delete.retention.ms", .span(.milliseconds(100)...(.hours(720))),
      standard: .span(.hours(24)), source: config,
      "How long a tombstone stays after it was cleaned for the first time."),
    Knob(
      "min.cleanable.dirty.ratio", .number(0...1, .fraction), standard: .number(0.5),
      source: config, "The share of records not yet cleaned from which on a log is cleaned."),
    Knob(
      "log.retention.check.interval.ms", .span(.milliseconds(500)...(.minutes(5))),
      standard: .span(.minutes(5)), source: "apache/kafka, ServerLogConfigs",
      "How often a broker looks for what to delete or clean."),
  ]

  static let producer: [Knob] = [
    Knob(
      "acks", .choice(KafkaAcks.allCases.map(\.rawValue)), standard: .word("all"), source: config,
      "What a producer waits for: nothing, the leader's append, or all in-sync replicas."),
    Knob(
      "enable.idempotence", .flag, standard: .flag(true), source: config,
      "Whether batches carry sequence numbers, so that repeats are known and order is kept."),
    Knob(
      "max.in.flight.requests", .integer(1...20), standard: .integer(5), source: config,
      "Requests in flight to one partition's leader."),
    Knob(
      "retries", .integer(0...1_000), standard: .integer(1_000), source: config,
      "How often a batch is sent again; Kafka's default is without limit."),
    Knob(
      "request.timeout.ms", .span(.milliseconds(100)...(.minutes(2))),
      standard: .span(.seconds(30)),
      source: config, "How long a producer waits for an answer before it sends again."),
    Knob(
      "delivery.timeout.ms", .span(.seconds(1)...(.minutes(5))), standard: .span(.minutes(2)),
      source: config, "How long a producer tries to deliver a record."),
  ]

  static let transactions: [Knob] = [
    Knob(
      "transactional.id", .flag, standard: .flag(false), source: config,
      "Whether workers that transform write in transactions, one id a partition that they read."),
    Knob(
      "transaction.timeout.ms", .span(.seconds(1)...(.minutes(15))), standard: .span(.minutes(1)),
      source: config, "How long a transaction may be open before its coordinator aborts it."),
    Knob(
      "isolation.level", .choice(["read_uncommitted", "read_committed"]),
      standard: .word("read_uncommitted"), source: config,
      "Whether the reader of what workers wrote is handed records of open and aborted transactions."
    ),
  ]

  static let consumer: [Knob] = [
    Knob(
      "key.salt", .integer(1...64), standard: .integer(1),
      "Into how many sub-keys every key is split; 1 keeps all records of a key in one partition."),
    Knob("consumers", .integer(1...24), standard: .integer(3), "Members of the group."),
    Knob(
      "partition.assignment.strategy", .choice(KafkaAssignor.allCases.map(\.rawValue)),
      standard: .word("range"), source: config, "How partitions are given to members."),
    Knob(
      "group.instance.id", .flag, standard: .flag(false), source: "KIP-345",
      "Whether members are static: one that is back within the session timeout causes no rebalance."
    ),
    Knob(
      "session.timeout.ms", .span(.seconds(1)...(.minutes(2))), standard: .span(.seconds(45)),
      source: config, "How long the coordinator hears nothing before it removes a member."),
    Knob(
      "max.poll.interval.ms", .span(.milliseconds(500)...(.minutes(10))),
      standard: .span(.minutes(5)), source: config,
      "How long the work between two polls may take before the member leaves by itself."),
    Knob(
      "max.poll.records", .integer(1...500), standard: .integer(500), source: config,
      "Most records of one poll."),
    Knob(
      "commit", .choice(KafkaConsumer.Commit.allCases.map(\.rawValue)), standard: .word("auto"),
      "When positions are committed: every 5 s at a poll, after the work, or before it."),
    Knob(
      "deduplicate", .flag, standard: .flag(false),
      "Whether consumers remember, in their database, what they have applied."),
  ]

  static let load: [Knob] = [
    Knob(
      "transform", .flag, standard: .flag(false), role: .load,
      "Whether the group's members write what they read to a second topic, which r1 reads."),
    Knob(
      "tombstones", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the records that delete their key."),
    Knob("producers", .integer(1...6), standard: .integer(2), role: .load, "Producers."),
    Knob(
      "rate", .number(1...500, .perSecond), standard: .number(40), role: .load,
      "Records a second, of all producers."),
    Knob("keys", .integer(1...10_000), standard: .integer(100), role: .load, "Different keys."),
    Knob(
      "hot.share", .number(0...1, .fraction), standard: .number(0), role: .load,
      "Share of the records that have one and the same key."),
    Knob(
      "processing", .span(.microseconds(100)...(.seconds(30))), standard: .span(.milliseconds(20)),
      role: .load, "The mean time of the work on a record."),
    Knob(
      "deploy.at", .span(.zero...(.minutes(10))), standard: .span(.zero), role: .load,
      "When the consumers are restarted one after the other; 0s is never."),
    Knob(
      "deploy.down", .span(.milliseconds(100)...(.minutes(1))), standard: .span(.seconds(2)),
      role: .load, "How long each consumer is down in a deploy."),
    Knob(
      "duration", .span(.seconds(10)...(.minutes(10))), standard: .span(.seconds(60)), role: .load,
      "How long producers send; then consumers have as long again, 90 s at most, to drain."),
  ]
}
