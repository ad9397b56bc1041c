/// Shares a width out among the columns of a table.
enum ColumnWidths {
  /// The narrowest a column of words is made, unless its cells are narrower.
  static let narrowest = 10

  /// A width for each column, or nil when they do not fit side by side.
  ///
  /// Columns get the width of their widest cell; where that is too much, the widest column of
  /// words gives way first, and its cells wrap. Columns of figures never do.
  static func fit(
    _ natural: [Int], alignments: [Table.Alignment], gap: Int, into width: Int
  ) -> [Int]? {
    var widths = natural
    var excess = natural.reduce(0, +) + gap * max(0, natural.count - 1) - width
    while excess > 0 {
      var widest: Int?
      for column in widths.indices
      where alignments[column] == .leading && widths[column] > narrowest {
        if widths[column] > widest.map({ widths[$0] }) ?? 0 { widest = column }
      }
      guard let widest else { return nil }
      widths[widest] -= 1
      excess -= 1
    }
    return widths
  }
}
