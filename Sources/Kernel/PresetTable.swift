/// A table of the tools that build a pattern, a row a tool: its own terms, and what they build.
///
/// An enumeration of the tools' ids conforms by naming the row of each.
public protocol PresetTable: RawRepresentable<String>, CaseIterable, Sendable {
  /// What settings describe.
  associatedtype Design
  /// The row of this tool.
  var row: PresetRow<Design> { get }
}

/// A tool's terms, with the defaults it ships, and what settings in these terms build.
public struct PresetRow<Design>: Sendable {
  /// The tool and the version that the defaults are of.
  public let title: String
  /// Its parameters: own names, units, ranges, defaults, sources.
  public let knobs: [Knob]
  /// Where the preset cannot follow the tool, a sentence each.
  public let leavesOut: [String]
  /// What settings of these knobs build; the seed is that of streams that the design draws from.
  public let design: @Sendable (_ settings: Settings, _ seed: UInt64) -> Design

  /// A row whose design draws nothing by chance.
  public init(
    _ title: String, knobs: [Knob], leavesOut: [String] = [],
    design: @escaping @Sendable (_ settings: Settings) -> Design
  ) {
    self.init(
      title, knobs: knobs, leavesOut: leavesOut, seeded: { settings, _ in design(settings) })
  }

  /// A row whose design draws from streams of a seed.
  public init(
    _ title: String, knobs: [Knob], leavesOut: [String] = [],
    seeded design: @escaping @Sendable (_ settings: Settings, _ seed: UInt64) -> Design
  ) {
    self.title = title
    self.knobs = knobs
    self.leavesOut = leavesOut
    self.design = design
  }
}

extension PresetTable {
  /// The knobs with their defaults and what the preset leaves out.
  public var tool: ToolPreset {
    ToolPreset(id: rawValue, title: row.title, knobs: row.knobs, leavesOut: row.leavesOut)
  }

  /// The design that `settings` describe; they must hold the knobs of `tool`.
  public func design(_ settings: Settings, seed: UInt64 = 1) -> Design {
    row.design(settings, seed)
  }
}
