extension ShardingPreset {
  /// Every preset.
  public static let all: [ShardingPreset] = []
}
