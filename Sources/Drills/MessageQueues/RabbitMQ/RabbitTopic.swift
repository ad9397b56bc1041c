import Kernel
import Patterns

extension Topic {
  /// Message queues: a broker in RabbitMQ's terms, and ActiveMQ's client-side redelivery.
  static let messageQueues = Topic(
    id: "message-queues", scenarios: [QueueBrokerScenario()],
    presets: [RabbitPreset.tool, ActiveMQPreset.tool],
    makeBench: { id in
      if id == ActiveMQPreset.tool.id { return ActiveMQBench() }
      return RabbitBench()
    })
}
