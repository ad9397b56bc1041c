extension PlainRenderer {
  func list(_ items: [[Block]], isOrdered: Bool, width: Int) -> [String] {
    items.enumerated().flatMap { index, blocks in
      behind(isOrdered ? "\(index + 1). " : "- ", lines(of: blocks, width: width - 4))
    }
  }

  /// The lines behind a sign, the later ones below the first one's text.
  private func behind(_ sign: String, _ lines: [String]) -> [String] {
    let margin = String(repeating: " ", count: sign.count)
    return lines.enumerated().map { index, line in
      index == 0 ? sign + line : line.isEmpty ? line : margin + line
    }
  }

  func aside(_ kind: Aside, _ blocks: [Block], width: Int) -> [String] {
    let title = kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() + ":"
    if case .paragraph(let text) = blocks.first {
      let opening = wrap("\(title) \(words(of: text, quotes: true))", width, hanging: 2)
      let others = lines(of: Array(blocks.dropFirst()), width: width - 2)
      return opening + others.map { $0.isEmpty ? $0 : "  " + $0 }
    }
    return [title] + lines(of: blocks, width: width - 2).map { $0.isEmpty ? $0 : "  " + $0 }
  }

  func table(_ table: Table, width: Int) -> [String] {
    let titles = table.columns.map { readable(SafeText.line($0.title)) }
    let cells = table.rows.map { row in
      row.map { readable(words(of: $0, quotes: false)) }
    }
    if cells.contains(where: { row in row.contains { $0.contains("\n") } }) {
      return records(titles, cells, width: width)
    }
    var grid = cells
    if titles.contains(where: { !$0.isEmpty }) { grid.insert(titles, at: 0) }
    let widths = titles.indices.map { column in
      grid.map { DisplayWidth.of($0[column]) }.max() ?? 0
    }
    guard widths.reduce(0, +) + 2 * max(0, widths.count - 1) <= width else {
      return records(titles, cells, width: width)
    }
    return grid.map { row in
      row.indices.map { column in
        let room = widths[column] - DisplayWidth.of(row[column])
        let spaces = String(repeating: " ", count: room)
        switch table.columns[column].alignment {
        case .leading: return row[column] + spaces
        case .trailing: return spaces + row[column]
        }
      }.joined(separator: "  ")
    }
  }

  /// A table that is too wide to line up: each row as `title: cell` lines.
  private func records(_ titles: [String], _ rows: [[String]], width: Int) -> [String] {
    // Without titles the cells of a row belong together, as in the options of a question.
    if titles.allSatisfy(\.isEmpty), rows.allSatisfy({ row in !row.contains { $0.contains("\n") } })
    {
      return rows.flatMap { row in
        wrap(row.filter { !$0.isEmpty }.joined(separator: "  "), width, hanging: 2)
      }
    }
    var result: [String] = []
    for row in rows {
      if !result.isEmpty { result.append("") }
      for (title, cell) in zip(titles, row) where !cell.isEmpty {
        result += wrap(title.isEmpty ? cell : "\(title): \(cell)", width, hanging: 2)
      }
    }
    return result
  }

  func bars(_ chart: BarChart, width: Int) -> [String] {
    let columns = [Table.Column(""), Table.Column("", .trailing)]
    let rows = chart.bars.map { [Text($0.label), Text($0.text)] }
    var lines = table(Table(columns, rows), width: width)
    if let caption = chart.caption { lines += wrap(SafeText.line(caption), width) }
    return lines
  }

  func chart(_ chart: TimeChart, width: Int) -> [String] {
    ChartSummary.sentences(of: chart).flatMap { wrap($0, width, hanging: 2) }
  }

  func timeline(_ moments: [Moment], width: Int) -> [String] {
    moments.flatMap { moment in
      let part = moment.part.isEmpty ? "" : ", \(SafeText.line(moment.part))"
      let opening = SafeText.line(moment.time) + part + ": "
      return wrap(opening + words(of: moment.text, quotes: false), width, hanging: 2)
    }
  }

  func actions(_ actions: [Action], width: Int) -> [String] {
    guard !actions.isEmpty else { return [] }
    let list = actions.map { action in
      let command = SafeText.line(action.command)
      return action.effect.isEmpty ? command : "\(command) (\(SafeText.line(action.effect)))"
    }
    return wrap("Type: " + list.joined(separator: ", "), width, hanging: 2)
  }
}
