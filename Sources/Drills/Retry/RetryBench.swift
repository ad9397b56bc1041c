import Kernel
import Patterns
import Presentation

/// A retry policy and its budget under commands: waits, storms, crowds and layers.
public struct RetryBench: Bench {
  /// The knobs and where they stand.
  public private(set) var settings: Settings
  let preset: RetryPreset
  var counters = Counters()

  /// What the last command of each kind measured.
  struct Counters: Sendable, Equatable {
    var retries: Int?
    var waited: TimeSpan?
    var lastWait: TimeSpan?
    var amplification: Double?
    var refused: Int?
    var crowdPeak: Int?
    var crowdSpread: TimeSpan?
    var layerCalls: Int?
    var repeated: Bool?
  }

  /// A fresh bench, plain or with the knobs and defaults of `preset`.
  public init(preset: RetryPreset = .plain) {
    self.preset = preset
    settings = Settings(preset.tool.knobs)
  }

  /// The words that commands take.
  public var parts: [String] { CallFailure.allCases.map(\.rawValue) + ["safe", "unsafe"] }

  /// What can be typed.
  public var commands: [BenchCommand] {
    [
      BenchCommand(
        "waits", usage: "waits [COUNT]", example: "waits 5",
        "Shows the waits of one request whose every call fails at once, by COUNT retries."),
      BenchCommand(
        "storm", usage: "storm [COUNT]", example: "storm 1000",
        "Sends requests, 100 a second, whose every call fails, and counts the calls."),
      BenchCommand(
        "crowd", usage: "crowd [COUNT]", example: "crowd 1000",
        "Lets the first calls of COUNT clients fail at one moment; counts who comes back when."),
      BenchCommand(
        "layers", usage: "layers [COUNT]", example: "layers 3",
        "Lets one request fail through COUNT layers that each retry, and counts the calls."),
      BenchCommand(
        "fails", usage: "fails KIND safe|unsafe", example: "fails timed-out unsafe",
        "Asks the policy what follows a failure of a call that may, or must not, be repeated."),
      BenchCommand("show", usage: "show", example: "show", "Shows the policy."),
    ]
  }

  /// What can be measured right now.
  public var facts: [Measurement] {
    [
      Measurement("attempts", Double(preset.policy(settings).maxAttempts), .count),
      Measurement("retry_count", counters.retries.map(Double.init), .count),
      Measurement("retry_wait", counters.waited?.seconds, .seconds),
      Measurement("last_wait", counters.lastWait?.seconds, .seconds),
      Measurement("amplification", counters.amplification, .ratio),
      Measurement("refused", counters.refused.map(Double.init), .count),
      Measurement("crowd_peak", counters.crowdPeak.map(Double.init), .count),
      Measurement("crowd_spread", counters.crowdSpread?.seconds, .seconds),
      Measurement("layer_calls", counters.layerCalls.map(Double.init), .count),
      Measurement("repeated", counters.repeated.map { $0 ? 1 : 0 }, .count),
    ]
  }

  /// What the bench leaves out.
  public var fidelity: Fidelity {
    Fidelity(
      models: ["Policy, back-off and budget are the machines that the drills run."],
      leavesOut: [
        "There is no server here: calls fail as you say, at once. Load and lines are in the drills."
      ] + preset.tool.leavesOut,
      sources: [
        "github.com/aws-samples/aws-arch-backoff-simulator",
        "Finagle RetryBudget, gRFC A6, botocore retries, Envoy resource_manager_impl.h",
      ])
  }

  /// A budget that has gone below nothing, or nil.
  public func checkInvariants() -> InvariantViolation? { nil }

  /// Turns knobs.
  public mutating func apply(_ changed: Settings) throws(Diagnostic) -> Document {
    settings = changed
    counters = Counters()
    return Document([
      .text(settings.turned)
    ])
  }

  /// Carries out one command.
  public mutating func perform(_ line: BenchLine) throws(Diagnostic) -> Document {
    switch line.name {
    case "waits": return waits(try count(line, standard: 5, most: 100))
    case "storm": return storm(try count(line, standard: 1_000, most: 20_000))
    case "crowd": return crowd(try count(line, standard: 1_000, most: 20_000))
    case "layers": return layers(try count(line, standard: 3, most: 5))
    case "fails": return try fails(line)
    default: return show()
    }
  }

  private func count(
    _ line: BenchLine, standard: Int, most: Int
  ) throws(Diagnostic) -> Int {
    guard let text = line.arguments.first else { return standard }
    guard let value = Unit.count.value(from: text), value >= 1, value <= Double(most),
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no number for \(line.name).", column: line.column(0), found: text,
        expected: "a whole number from 1 to \(Unit.count.text(Double(most)))")
    }
    return Int(value)
  }
}
