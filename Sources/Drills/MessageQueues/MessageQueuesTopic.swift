import Kernel

extension Topic {
  /// Message queues and pub/sub: queues, logs and subjects, and what becomes of messages in them.
  static let messageQueues = Topic(
    id: "message-queues", scenarios: [LogScenario()], presets: [],
    makeBench: { _ in LogBench() })
}
