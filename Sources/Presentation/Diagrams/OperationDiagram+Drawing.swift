extension OperationDiagram {
  /// The narrowest room in which spans still tell something.
  private static let narrowest = 16

  /// One line an operation: who, what, and its span.
  func lines(width: Int) -> [Line] {
    guard !rows.isEmpty else { return [] }
    let names = rows.map { SafeText.line($0.process) }
    let actions = rows.map { SafeText.line($0.action) }
    let remarks = rows.map { SafeText.line($0.remark) }
    let nameWidth = names.map { DisplayWidth.of($0) }.max() ?? 0
    let actionWidth = actions.map { DisplayWidth.of($0) }.max() ?? 0
    let remarkWidth = remarks.map { DisplayWidth.of($0) }.max() ?? 0
    let gutter = nameWidth + actionWidth + 4
    let tail = remarkWidth > 0 ? remarkWidth + 1 : 0
    let room = min(width - gutter - tail - 1, 60)
    guard room >= Self.narrowest else {
      return sentences.flatMap { Wrapping.wrap([Run($0)], width: width) }
    }
    let columns = columns(room)
    return rows.indices.map { index in
      let row = rows[index]
      let ink = Ink(row.tone)
      var line = Line(names[index], .dim)
      line.pad(to: nameWidth + 2)
      line.append(actions[index], ink)
      line.pad(to: gutter + column(row.start, in: columns, room))
      line.append(span(row, columns, room), ink)
      if !remarks[index].isEmpty {
        line.pad(to: gutter + room + 1)
        line.append(remarks[index], ink)
      }
      return line
    }
  }

  private func span(_ row: Row, _ columns: [Int: Int], _ room: Int) -> String {
    let start = column(row.start, in: columns, room)
    guard let end = row.end else {
      return "├" + String(repeating: "┄", count: max(0, room - start - 1))
    }
    return "├" + String(repeating: "─", count: max(0, column(end, in: columns, room) - start - 1))
      + "┤"
  }

  /// The column of each event that is shown, evenly spread.
  private func columns(_ room: Int) -> [Int: Int] {
    let places = Set(rows.flatMap { [$0.start, $0.end].compactMap { $0 } }).sorted()
    let last = max(1, places.count - 1)
    var columns: [Int: Int] = [:]
    for (rank, place) in places.enumerated() {
      columns[place] = rank * (room - 1) / last
    }
    return columns
  }

  private func column(_ place: Int, in columns: [Int: Int], _ room: Int) -> Int {
    columns[place] ?? room - 1
  }

  /// A sentence an operation.
  var sentences: [String] {
    rows.map { row in
      let until = row.end.map { "to event \($0 + 1)" } ?? "on"
      let remark = row.remark.isEmpty ? "" : " (\(SafeText.line(row.remark)))"
      return "\(SafeText.line(row.process)): \(SafeText.line(row.action)), from event "
        + "\(row.start + 1) \(until)\(remark)."
    }
  }
}
