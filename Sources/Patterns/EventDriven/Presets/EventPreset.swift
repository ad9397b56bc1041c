import Kernel

/// What a tool decides of the way of an event: how it leaves the database, what the broker keeps,
/// and which schemas are taken.
public struct EventDesign: Sendable, Hashable {
  /// How the database's log is read; nil where relays ask the outbox table.
  public var tail: LogTailer.Options?
  /// Whether the broker knows a repeat by its id for a while.
  public var remembersIDs = true
  /// Whether the consumer keeps the ids of events.
  public var hasInbox = true
  /// What the consumer does about versions.
  public var versions = VersionedReplica.Rule.park
  /// The rule for new versions of the schema.
  public var compatibility = SchemaRegistry.Compatibility.none

  /// An outbox table that is polled, an inbox, and no registry.
  public init() {}
}

/// The tools on the way of an event whose own parameters can be had.
public enum EventPreset: String, Hashable, PresetTable {
  /// Debezium's outbox event router on Kafka Connect.
  case debezium
  /// Confluent's Schema Registry.
  case schemaRegistry = "schema-registry"

  /// The row of the tool.
  public var row: PresetRow<EventDesign> {
    switch self {
    case .debezium: Self.debeziumRow
    case .schemaRegistry: Self.registryRow
    }
  }

  private static let debeziumRow = PresetRow(
    "Debezium outbox event router, Kafka Connect",
    knobs: [
      Knob(
        "max.batch.size", .integer(1...100_000), standard: .integer(2_048),
        source: "github.com/debezium/debezium debezium-core CommonConnectorConfig.java, "
          + "DEFAULT_MAX_BATCH_SIZE",
        "The most events that the connector hands on at once."),
      Knob(
        "offset.flush.interval.ms", .integer(0...86_400_000), standard: .integer(60_000),
        source: "github.com/apache/kafka connect/runtime WorkerConfig.java, "
          + "OFFSET_COMMIT_INTERVAL_MS_DEFAULT",
        "How often the worker stores the connector's position, in milliseconds."),
      Knob(
        "consumer.inbox", .flag, standard: .flag(false),
        source: "ours: the router puts the event's id into a header, for consumers to know a "
          + "repeat by; outbox-event-router.adoc, basic outbox table",
        "Whether your consumer keeps the ids of events in the transaction of its effect."),
    ],
    leavesOut: [
      "The names of columns, topics and headers (table.field.event.id, route.by.field, "
        + "route.topic.replacement), which change no behaviour here.",
      "A Kafka partition holds many keys, and its consumer goes on by an offset; here each order "
        + "is a lane of the queue and a message is deleted. Neither knows a repeat by its id.",
      "Exactly-once support of Kafka Connect's source connectors, which stores positions in the "
        + "transaction of the records.",
      "The snapshot at a connector's first start.",
    ]
  ) { settings in
    var design = EventDesign()
    design.tail = LogTailer.Options(
      batchSize: settings.integer("max.batch.size"),
      flushInterval: .milliseconds(Int64(settings.integer("offset.flush.interval.ms"))))
    design.remembersIDs = false
    design.hasInbox = settings.flag("consumer.inbox")
    design.versions = .overwrite
    return design
  }

  private static let rules: [(name: String, rule: SchemaRegistry.Compatibility)] = [
    ("BACKWARD", .backward), ("BACKWARD_TRANSITIVE", .backwardTransitive),
    ("FORWARD", .forward), ("FORWARD_TRANSITIVE", .forwardTransitive), ("FULL", .full),
    ("FULL_TRANSITIVE", .fullTransitive), ("NONE", .none),
  ]

  private static let registryRow = PresetRow(
    "Confluent Schema Registry",
    knobs: [
      Knob(
        "compatibility", .choice(rules.map(\.name)), standard: .word("BACKWARD"),
        source: "docs.confluent.io/platform/8.4/schema-registry/fundamentals/"
          + "schema-evolution.html: the default is BACKWARD",
        "What a new version is held against: BACKWARD, whether it reads what the last one wrote; "
          + "FORWARD, whether the last one reads what it writes; TRANSITIVE, all versions.")
    ],
    leavesOut: [
      "Formats: which change counts as compatible differs between Avro, Protobuf and JSON Schema; "
        + "here a field is needed, or has a fallback, as in Avro.",
      "Subjects and their naming: there is one event with one schema.",
      "The broker does not ask the registry: a producer without its serializer writes what it "
        + "likes.",
    ]
  ) { settings in
    var design = EventDesign()
    let name = settings.word("compatibility")
    design.compatibility = rules.first { $0.name == name }?.rule ?? .backward
    return design
  }
}
