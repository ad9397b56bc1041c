extension MessageDiagram {
  /// The narrowest column of a part.
  private static let narrowest = 10

  /// The parts on top, a line below each, an arrow a message.
  func lines(width: Int) -> [Line] {
    guard !parts.isEmpty else { return [] }
    let times = rows.map { SafeText.line($0.time) }
    let timeWidth = times.map { DisplayWidth.of($0) }.max() ?? 0
    let gutter = timeWidth + 2
    let pitch = (width - gutter) / parts.count
    guard pitch >= Self.narrowest else {
      return sentences.flatMap { Wrapping.wrap([Run($0)], width: width) }
    }
    let stems = parts.indices.map { gutter + $0 * pitch + pitch / 2 }
    var lines = [head(stems, pitch)]
    for (index, row) in rows.enumerated() {
      lines.append(label(row, stems, width))
      lines.append(arrow(row, times[index], stems))
    }
    return lines
  }

  private func head(_ stems: [Int], _ pitch: Int) -> Line {
    var line = Line()
    for (part, stem) in zip(parts, stems) {
      let name = String(SafeText.line(part).prefix(pitch - 1))
      line.pad(to: stem - DisplayWidth.of(name) / 2)
      line.append(name, .bold)
    }
    return line
  }

  /// The label over its arrow, cut to what fits between the stems of the whole drawing.
  private func label(_ row: Row, _ stems: [Int], _ width: Int) -> Line {
    let (low, high) = extent(row.event)
    var words = SafeText.line(row.label)
    if case .message(_, _, let sent) = row.event, !sent.isEmpty {
      words += " (sent \(SafeText.line(sent)))"
    }
    if case .lost = row.event { words += " (never arrives)" }
    let middle = low == high ? stems[low] : (stems[low] + stems[high]) / 2
    let size = DisplayWidth.of(words)
    let wished = low == high ? stems[low] + 2 : middle - size / 2
    let start = max(0, min(wished, width - size))
    let shown = Wrapping.cut(words, width: max(1, width - start), continued: 0)[0]
    var line = Line()
    line.append(stems: stems.filter { $0 < start })
    line.pad(to: start)
    line.append(shown, Ink(row.tone))
    let reached = line.width
    line.append(stems: stems.filter { $0 >= reached })
    return line
  }

  private func arrow(_ row: Row, _ time: String, _ stems: [Int]) -> Line {
    var line = Line(time, .dim)
    let (low, high) = extent(row.event)
    let ink = Ink(row.tone)
    for (index, stem) in stems.enumerated() {
      if index > low, index <= high { continue }
      line.pad(to: stem)
      guard index == low else {
        line.append("│", .dim)
        continue
      }
      guard low != high else {
        line.append("●", ink)
        continue
      }
      line.append(shaft(row.event, length: stems[high] - stems[low]), ink)
    }
    return line
  }

  /// An arrow between the stems of its ends, both included.
  private func shaft(_ event: Row.Event, length: Int) -> String {
    let dashes = { (count: Int) in String(repeating: "─", count: max(0, count)) }
    switch event {
    case .message(let from, let to, _):
      return from < to ? "●" + dashes(length - 2) + "→●" : "●←" + dashes(length - 2) + "●"
    case .lost(let from, let to):
      let half = length / 2
      let rest = String(repeating: " ", count: max(0, length - half - 1))
      return from < to
        ? "●" + dashes(half - 1) + "✗" + rest + "│"
        : "│" + rest + "✗" + dashes(half - 1) + "●"
    case .local: return "●"
    }
  }

  private func extent(_ event: Row.Event) -> (low: Int, high: Int) {
    switch event {
    case .message(let from, let to, _), .lost(let from, let to): (min(from, to), max(from, to))
    case .local(let part): (part, part)
    }
  }

  /// A sentence a row.
  var sentences: [String] {
    rows.map { row in
      let time = SafeText.line(row.time)
      let label = SafeText.line(row.label)
      func name(_ part: Int) -> String { SafeText.line(parts[part]) }
      switch row.event {
      case .message(let from, let to, let sent):
        let since = sent.isEmpty ? "" : ", sent at \(SafeText.line(sent))"
        return "\(time), \(name(from)) to \(name(to)): \(label)\(since)."
      case .lost(let from, let to):
        return "\(time), \(name(from)) to \(name(to)): \(label), which never arrives."
      case .local(let part): return "\(time), \(name(part)): \(label)."
      }
    }
  }
}

extension Line {
  /// Adds the lines of parts that are not concerned.
  fileprivate mutating func append(stems: [Int]) {
    for stem in stems {
      pad(to: stem)
      append("│", .dim)
    }
  }
}
