import Kernel
import Patterns

/// What SNS and SQS bring to the topic of message queues.
enum SQSVertical {
  /// What drills run.
  static let scenario = SQSScenario()
  /// The tool, for `--as sns-sqs`.
  static let preset = SQSPreset.tool

  /// The bench under that preset.
  static func bench() -> any Bench { SQSBench() }
}
