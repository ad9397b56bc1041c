import Kernel

/// How a real tool places keys: its parameters, and what they mean for a placement here.
public struct ShardingPreset: Sendable {
  /// The tool's parameters under their own names.
  public let tool: ToolPreset
  /// The placement that the parameters describe.
  public let placement: @Sendable (Settings) -> PlacementOptions
  /// Whether the whole store refuses work while a shard is down.
  public let needsAllShards: @Sendable (Settings) -> Bool
  /// The most reads and writes that a shard takes each second; nil for no limit.
  public let limits: @Sendable (Settings) -> (reads: Int, writes: Int)?

  /// A preset.
  public init(
    tool: ToolPreset, placement: @escaping @Sendable (Settings) -> PlacementOptions,
    needsAllShards: @escaping @Sendable (Settings) -> Bool = { _ in false },
    limits: @escaping @Sendable (Settings) -> (reads: Int, writes: Int)? = { _ in nil }
  ) {
    self.tool = tool
    self.placement = placement
    self.needsAllShards = needsAllShards
    self.limits = limits
  }
}
