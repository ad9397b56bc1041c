/// The parameters of a real tool under their own names, with the defaults it ships.
public struct ToolPreset: Sendable, Hashable {
  /// The id, as in `--as resilience4j`.
  public let id: String
  /// The tool and the version that the defaults are of.
  public let title: String
  /// Its parameters: own names, units, ranges, defaults, sources.
  public let knobs: [Knob]
  /// Where the preset cannot follow the tool, a sentence each.
  public let leavesOut: [String]

  /// A preset.
  public init(id: String, title: String, knobs: [Knob], leavesOut: [String]) {
    self.id = id
    self.title = title
    self.knobs = knobs
    self.leavesOut = leavesOut
  }
}
