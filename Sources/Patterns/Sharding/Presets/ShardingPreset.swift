import Kernel

/// How a real tool places keys: its parameters, and what they mean for a placement here.
public struct ShardingPreset: Sendable {
  /// The tool's parameters under their own names.
  public let tool: ToolPreset
  /// The placement that the parameters describe.
  public let placement: @Sendable (Settings) -> PlacementOptions
  /// Whether the whole store refuses work while a shard is down.
  public let needsAllShards: @Sendable (Settings) -> Bool
  /// The most reads that a shard takes each second; nil for no limit.
  public let readLimit: @Sendable (Settings) -> Int?

  /// A preset.
  public init(
    tool: ToolPreset, placement: @escaping @Sendable (Settings) -> PlacementOptions,
    needsAllShards: @escaping @Sendable (Settings) -> Bool = { _ in false },
    readLimit: @escaping @Sendable (Settings) -> Int? = { _ in nil }
  ) {
    self.tool = tool
    self.placement = placement
    self.needsAllShards = needsAllShards
    self.readLimit = readLimit
  }
}
