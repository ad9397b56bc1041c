import Kernel
import Patterns

extension Topic {
  /// Message queues and pub/sub: queues, logs and topics, and what becomes of messages in them.
  static let messageQueues = Topic(
    id: "message-queues",
    scenarios: [
      QueueBrokerScenario(), LogScenario(), BrokerChoiceScenario(), SQSVertical.scenario,
      NATSScenario(), RedisStreamsScenario(),
    ],
    presets: [
      RabbitPreset.tool, ActiveMQPreset.tool, LogPreset.tool, SQSVertical.preset,
      NATSBench.tool, RedisStreamsPreset.tool,
    ],
    makeBench: { id in
      switch id {
      case ActiveMQPreset.tool.id: ActiveMQBench()
      case LogPreset.tool.id: LogBench()
      case SQSVertical.preset.id: SQSVertical.bench()
      case NATSBench.tool.id: NATSBench()
      case RedisStreamsPreset.tool.id: RedisStreamsBench()
      default: RabbitBench()
      }
    })
}
