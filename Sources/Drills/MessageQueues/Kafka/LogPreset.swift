import Kernel

/// Kafka as a preset of the topic's bench.
enum LogPreset {
  static let tool = ToolPreset(
    id: "kafka", title: "Apache Kafka, trunk of October 2024 (4.0)",
    knobs: LogKnobs.topic + LogKnobs.cleaning + LogKnobs.producer + LogKnobs.transactions
      + LogKnobs.consumer,
    leavesOut: LogFidelity.note.leavesOut)
}
