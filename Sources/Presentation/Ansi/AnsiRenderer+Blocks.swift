extension AnsiRenderer {
  /// The narrowest that text is squeezed beside a label; below, it goes under the label.
  private static let narrowest = 24

  func heading(_ level: Int, _ text: Text, width: Int) -> [Line] {
    let base: Ink = level <= 2 ? .bold : Ink(isUnderlined: true)
    return Wrapping.wrap(text.runs { ink(of: $0, on: base) }, width: proseWidth(width))
  }

  func code(_ code: String, width: Int) -> [Line] {
    let room = width - 2
    return SafeText.lines(code).flatMap { line -> [Line] in
      let parts = Wrapping.cut(line, width: room, continued: 2)
      return parts.enumerated().map { Line($0 == 0 ? "" : "↪ ", .dim) + Line($1) }
    }.indented(2)
  }

  func list(_ items: [[Block]], isOrdered: Bool, width: Int) -> [Line] {
    let numberWidth = String(items.count).count
    return items.enumerated().flatMap { index, blocks in
      let number = String(index + 1)
      let spaces = String(repeating: " ", count: numberWidth - number.count)
      let sign = isOrdered ? Line("\(spaces)\(number). ") : Line("• ")
      return labelled(sign, width: width) { lines(of: blocks, width: $0) }
    }
  }

  func aside(_ kind: Aside, _ blocks: [Block], width: Int) -> [Line] {
    let label = Line(kind == .success ? "✓" : kind.rawValue, ink(of: kind)) + Line("  ")
    if width - label.width < Self.narrowest {
      return [label] + lines(of: blocks, width: width - 2).indented(2)
    }
    return labelled(label, width: width) { lines(of: blocks, width: $0) }
  }

  private func ink(of kind: Aside) -> Ink {
    switch kind {
    case .note, .hint: Ink.bold
    case .question, .order, .predict, .goal, .drill, .write:
      Ink(isBold: true, colour: .magenta)
    case .success: Ink(isBold: true, colour: .green)
    case .warning: Ink(isBold: true, colour: .red)
    case .source: Ink.dim
    }
  }

  /// Lines beside a label that stands before the first of them.
  private func labelled(_ label: Line, width: Int, _ lines: (Int) -> [Line]) -> [Line] {
    let hanging = width - label.width >= 12 ? label.width : 0
    let room = proseWidth(width) == width ? width - hanging : width - label.width
    let body = lines(hanging > 0 ? room : width)
    guard hanging > 0 else { return [label] + body }
    return body.isEmpty ? [label] : body.hanging(first: label, rest: .spaces(hanging))
  }

  func timeline(_ moments: [Moment], width: Int) -> [Line] {
    let times = moments.map { SafeText.line($0.time) }
    let parts = moments.map { SafeText.line($0.part) }
    let timeWidth = times.map { DisplayWidth.of($0) }.max() ?? 0
    let partWidth = parts.map { DisplayWidth.of($0) }.max() ?? 0
    let gutter = timeWidth + (partWidth > 0 ? partWidth + 4 : 2)
    let isBeside = width - gutter >= Self.narrowest
    return moments.indices.flatMap { index -> [Line] in
      let moment = moments[index]
      var label = Line.spaces(isBeside ? timeWidth - DisplayWidth.of(times[index]) : 0)
      label.append(times[index], .dim)
      if !parts[index].isEmpty { label.append("  " + parts[index], ink(of: moment.tone)) }
      let runs = moment.text.runs { ink(of: $0, on: .plain) }
      if isBeside {
        label.pad(to: gutter)
        return Wrapping.wrap(runs, width: width - gutter)
          .hanging(first: label, rest: .spaces(gutter))
      }
      return Wrapping.wrap(label.runs, width: width)
        + Wrapping.wrap(runs, width: width - 2).indented(2)
    }
  }

  func actions(_ actions: [Action], width: Int) -> [Line] {
    var lines: [Line] = []
    var line = Line()
    for action in actions {
      var item = Line(SafeText.line(action.command), .bold)
      if !action.effect.isEmpty { item.append("  " + SafeText.line(action.effect)) }
      if !line.isEmpty, line.width + 6 + item.width <= width {
        line.append("      ")
        line.append(item)
        continue
      }
      if !line.isEmpty { lines.append(line) }
      let folded = Wrapping.wrap(item.runs, width: width)
      lines += folded.dropLast()
      line = folded.last ?? Line()
    }
    return line.isEmpty ? lines : lines + [line]
  }
}

extension Wrapping {
  /// A line cut wherever it is full; the parts after the first leave `continued` columns free.
  static func cut(_ line: String, width: Int, continued: Int) -> [String] {
    var parts = [""]
    var used = 0
    for character in line {
      let columns = DisplayWidth.of(character)
      if used + columns > width, used > continued {
        parts.append("")
        used = continued
      }
      parts[parts.count - 1].append(character)
      used += columns
    }
    return parts
  }
}
