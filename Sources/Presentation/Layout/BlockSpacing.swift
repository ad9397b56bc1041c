/// Where a blank line stands between two blocks.
enum BlockSpacing {
  /// Whether `next` is set apart from the block above it.
  static func isApart(_ block: Block, _ next: Block) -> Bool {
    switch (block, next) {
    case (.heading(1, _), .actions): false
    case (.heading(1, _), _): true
    case (.heading, _): false
    default: true
    }
  }
}
