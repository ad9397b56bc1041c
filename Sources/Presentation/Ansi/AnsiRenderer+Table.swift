extension AnsiRenderer {
  func table(_ table: Table, width: Int) -> [Line] {
    let titles = table.columns.map { SafeText.line($0.title) }
    let alignments = table.columns.map(\.alignment)
    let natural = table.columns.indices.map { column in
      table.rows.reduce(DisplayWidth.of(titles[column])) {
        max($0, naturalWidth(of: $1[column]))
      }
    }
    let widths =
      ColumnWidths.fit(natural, alignments: alignments, gap: 3, into: min(width, 78))
      ?? ColumnWidths.fit(natural, alignments: alignments, gap: 2, into: width)
    guard let widths else { return records(titles, table.rows, width: width) }
    let gap = widths.reduce(0, +) + 3 * (widths.count - 1) <= width ? 3 : 2
    var lines: [Line] = []
    if titles.contains(where: { !$0.isEmpty }) {
      let cells = titles.indices.map {
        Wrapping.wrap([Run(titles[$0], .dim)], width: widths[$0])
      }
      lines += beside(cells, widths: widths, alignments: alignments, gap: gap)
    }
    for row in table.rows {
      let cells = row.indices.map { wrap(row[$0], width: widths[$0]) }
      lines += beside(cells, widths: widths, alignments: alignments, gap: gap)
    }
    return lines
  }

  private func wrap(_ cell: Text, width: Int) -> [Line] {
    Wrapping.wrap(cell.runs { ink(of: $0, on: .plain) }, width: width)
  }

  private func naturalWidth(of cell: Text) -> Int {
    wrap(cell, width: .max).map(\.width).max() ?? 0
  }

  /// Cells of one row, each of one or more lines, side by side; a mark stands near its neighbour.
  private func beside(
    _ cells: [[Line]], widths: [Int], alignments: [Table.Alignment], gap: Int
  ) -> [Line] {
    let height = cells.map(\.count).max() ?? 0
    return (0..<height).map { index in
      var line = Line()
      var start = 0
      for column in cells.indices {
        let cell = index < cells[column].count ? cells[column][index] : Line()
        line.pad(to: start)
        if alignments[column] == .trailing {
          line.pad(to: start + widths[column] - cell.width)
        }
        line.append(cell)
        start += widths[column] + (widths[column] == 1 ? 1 : gap)
      }
      return line
    }
  }

  /// A table that does not fit side by side: each row as lines of title and cell.
  private func records(_ titles: [String], _ rows: [[Text]], width: Int) -> [Line] {
    var lines: [Line] = []
    for row in rows {
      if !lines.isEmpty { lines.append(Line()) }
      for (title, cell) in zip(titles, row) where !cell.plain.isEmpty {
        let label = title.isEmpty ? [] : [Run(title + ": ", .dim)]
        let runs = label + cell.runs { ink(of: $0, on: .plain) }
        let wrapped = Wrapping.wrap(runs, width: width - 2)
        lines += wrapped.hanging(first: Line(), rest: .spaces(2))
      }
    }
    return lines
  }
}
