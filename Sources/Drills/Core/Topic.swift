import Kernel

/// A topic that has a working mechanism: its scenario and its bench, plain or as a tool's preset.
public struct Topic: Sendable {
  /// The id of the roadmap.
  public let id: String
  /// What drills of the topic run.
  public let scenarios: [any Scenario]
  /// The tools whose presets the bench knows.
  public let presets: [ToolPreset]
  /// Makes a fresh bench; the argument is a preset's id, nil for the plain mechanism.
  public let makeBench: @Sendable (_ preset: String?) -> any Bench

  /// A topic.
  public init(
    id: String, scenarios: [any Scenario], presets: [ToolPreset],
    makeBench: @escaping @Sendable (_ preset: String?) -> any Bench
  ) {
    self.id = id
    self.scenarios = scenarios
    self.presets = presets
    self.makeBench = makeBench
  }

  /// A fresh bench, plain or as the tool called `preset`.
  public func bench(as preset: String?) throws(Diagnostic) -> any Bench {
    if let preset, presets.isEmpty {
      throw Diagnostic(
        "No tool has a preset in \(id): it is the plain mechanism only.", found: preset,
        expected: "'try \(id)'")
    }
    if let preset, !presets.contains(where: { $0.id == preset }) {
      throw .unknown("tool preset of \(id)", preset, known: presets.map(\.id))
    }
    return makeBench(preset)
  }
}
