extension MarkdownRenderer {
  func table(_ table: Table) -> [String] {
    guard !table.columns.isEmpty else { return [] }
    let cell = { (text: Text) in
      MarkdownText(text, place: .cell).lines.joined(separator: "<br>")
    }
    let row = { (cells: [String]) in "| " + cells.joined(separator: " | ") + " |" }
    let rules = table.columns.map { column in
      switch column.alignment {
      case .leading: "---"
      case .trailing: "---:"
      }
    }
    return [row(table.columns.map { cell(Text($0.title)) }), row(rules)]
      + table.rows.map { row($0.map(cell)) }
  }

  func bars(_ chart: BarChart) -> [String] {
    let columns = [Table.Column(""), Table.Column("", .trailing)]
    let rows = chart.bars.map { [Text($0.label), Text($0.text)] }
    let caption = chart.caption.map { [""] + MarkdownText(Text($0)).lines } ?? []
    return table(Table(columns, rows)) + caption
  }

  func timeline(_ moments: [Moment]) -> [String] {
    guard !moments.isEmpty else { return [] }
    let columns = [Table.Column("Time", .trailing), Table.Column("Part"), Table.Column("What")]
    return table(Table(columns, moments.map { [Text($0.time), Text($0.part), $0.text] }))
  }

  func actions(_ actions: [Action]) -> [String] {
    guard !actions.isEmpty else { return [] }
    var text: Text = "Type: "
    for (index, action) in actions.enumerated() {
      let effect = action.effect.isEmpty ? "" : " (\(SafeText.line(action.effect)))"
      text = text + Text(index == 0 ? "" : ", ") + .code(action.command) + Text(effect)
    }
    return MarkdownText(text).lines
  }
}
