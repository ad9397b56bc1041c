import Kernel

/// NATS and JetStream under the names of their own parameters.
public enum NATSPreset {
  private static let server = "nats-io/nats-server, server/"
  private static let docs = "nats-io/nats.docs, nats-concepts/jetstream/"

  /// The limits of the server.
  public static let serverKnobs: [Knob] = [
    Knob(
      "max_pending", .integer(1_024...1_073_741_824), standard: .integer(67_108_864),
      source: server + "const.go",
      "The most bytes that may wait for one client; more and it is cut off."),
    Knob(
      "write_deadline", .span(.milliseconds(100) ... .minutes(10)), standard: .span(.seconds(10)),
      source: server + "const.go",
      "How long bytes may wait without the client's taking any; longer and it is cut off."),
  ]

  /// What a stream is set up with.
  public static let streamKnobs: [Knob] = [
    Knob(
      "retention", .choice(JetStreamStreamConfiguration.Retention.allCases.map(\.rawValue)),
      standard: .word("limits"), source: docs + "streams.md",
      "When messages go: at a limit, when acknowledged, or when nobody is interested any more."),
    Knob(
      "discard", .choice(JetStreamStreamConfiguration.Discard.allCases.map(\.rawValue)),
      standard: .word("old"), source: docs + "streams.md",
      "What a full stream gives up: its oldest message, or the one that arrives."),
    Knob(
      "max_msgs", .integer(0...1_000_000), standard: .integer(0), source: docs + "streams.md",
      "The most messages of the stream; 0 is any number."),
    Knob(
      "max_age", .span(.zero ... .hours(720)), standard: .span(.zero),
      source: docs + "streams.md", "How old messages may get; 0 is any age."),
    Knob(
      "duplicate_window", .span(.milliseconds(100) ... .hours(1)), standard: .span(.minutes(2)),
      source: server + "stream.go", "How long a Nats-Msg-Id is remembered."),
  ]

  /// What a consumer is set up with.
  public static let consumerKnobs: [Knob] = [
    Knob(
      "ack_policy", .choice(JetStreamConsumerConfiguration.AckPolicy.allCases.map(\.rawValue)),
      standard: .word("explicit"), source: docs + "consumers.md",
      "What counts as acknowledged: each message by itself, none, or all up to one."),
    Knob(
      "ack_wait", .span(.milliseconds(100) ... .hours(1)), standard: .span(.seconds(30)),
      source: server + "consumer.go", "How long a consumer waits for an acknowledgement."),
    Knob(
      "max_deliver", .integer(-1...1_000), standard: .integer(-1),
      source: server + "consumer.go",
      "The most deliveries of a message; -1 is any number. What is given up stays in the stream."),
    Knob(
      "max_ack_pending", .integer(1...100_000), standard: .integer(1_000),
      source: server + "consumer.go",
      "The most messages handed out and not acknowledged."),
  ]

  /// All of them.
  public static let knobs = serverKnobs + streamKnobs + consumerKnobs

  /// The tool, for `--as nats`.
  public static let tool = ToolPreset(
    id: "nats", title: "NATS 2.9 with JetStream", knobs: knobs,
    leavesOut: [
      "Replicas of streams, clusters, leaf nodes, mirrors and sources, key-value and object "
        + "stores, accounts and permissions are left out.",
      "A slow consumer is known by its bytes and its deadline; stall times are left out.",
    ])

  /// The limits that `settings` describe.
  public static func serverOptions(_ settings: Settings) -> NATSServerOptions {
    var options = NATSServerOptions()
    options.maxPending = settings.integer("max_pending")
    options.writeDeadline = settings.span("write_deadline")
    return options
  }

  /// The stream called `name` for `subjects` that `settings` describe.
  public static func stream(
    _ name: String, subjects: [NATSSubject], _ settings: Settings
  ) -> JetStreamStreamConfiguration {
    var stream = JetStreamStreamConfiguration(name, subjects: subjects)
    stream.retention =
      JetStreamStreamConfiguration.Retention(rawValue: settings.word("retention")) ?? .limits
    stream.discard =
      JetStreamStreamConfiguration.Discard(rawValue: settings.word("discard")) ?? .old
    let most = settings.integer("max_msgs")
    stream.maxMsgs = most == 0 ? nil : most
    let age = settings.span("max_age")
    stream.maxAge = age == .zero ? nil : age
    stream.duplicateWindow = settings.span("duplicate_window")
    return stream
  }

  /// The durable consumer called `name` that `settings` describe.
  public static func consumer(
    _ name: String, isPush: Bool = false, _ settings: Settings
  ) -> JetStreamConsumerConfiguration {
    var consumer = JetStreamConsumerConfiguration(name)
    consumer.isPush = isPush
    let policy = settings.word("ack_policy")
    consumer.ackPolicy =
      JetStreamConsumerConfiguration.AckPolicy(rawValue: policy) ?? .explicit
    consumer.ackWait = settings.span("ack_wait")
    let most = settings.integer("max_deliver")
    consumer.maxDeliver = most < 1 ? nil : most
    consumer.maxAckPending = settings.integer("max_ack_pending")
    return consumer
  }
}
