/// Renders documents for a terminal: emphasis, drawings, and no line wider than the terminal.
///
/// Colours come from the base palette, so that they follow the terminal's own scheme on light and
/// dark backgrounds, and none of them says anything that no word or sign says too. Prose keeps to
/// a measure that reads well; tables and charts use the whole width.
public struct AnsiRenderer: Renderer {
  /// The columns of the terminal.
  public let width: Int
  /// Whether colour and emphasis are written; without them only words and drawings are.
  public let isColoured: Bool

  /// The widest that prose is set, margin included.
  static let measure = 80
  /// The margin that everything but titles has.
  static let margin = 2

  /// A renderer for a terminal of `width` columns, at least 20.
  public init(width: Int, isColoured: Bool = true) {
    self.width = max(20, width)
    self.isColoured = isColoured
  }

  /// The document as lines, with escape sequences where coloured; each line ends plain.
  public func render(_ document: Document) -> String {
    var text = ""
    for line in lines(of: document) {
      text += isColoured ? Escapes.text(of: line) : line.plain
      text += "\n"
    }
    return text
  }

  /// Running text on one line that is not broken, as for a prompt; spaces at its end stay.
  public static func line(_ text: Text, isColoured: Bool = true) -> String {
    let renderer = AnsiRenderer(width: 80, isColoured: isColoured)
    return text.runs { renderer.ink(of: $0, on: .plain) }.map { run in
      let words = SafeText.line(run.words)
      return isColoured ? Escapes.text(words, in: run.ink) : words
    }.joined()
  }

  /// The lines of a whole document: titles at the edge, everything else behind the margin.
  func lines(of document: Document) -> [Line] {
    var result: [Line] = []
    var last: Block?
    for block in document.blocks {
      let lines =
        if case .heading(1, let text) = block {
          Wrapping.wrap(text.runs { ink(of: $0, on: .bold) }, width: width)
        } else {
          lines(of: block, width: width - Self.margin).indented(Self.margin)
        }
      add(lines, of: block, after: &last, to: &result)
    }
    return result
  }

  /// The lines of blocks that stand in another block, which has taken its margin already.
  func lines(of blocks: [Block], width: Int) -> [Line] {
    var result: [Line] = []
    var last: Block?
    for block in blocks {
      add(lines(of: block, width: width), of: block, after: &last, to: &result)
    }
    return result
  }

  private func add(
    _ lines: [Line], of block: Block, after last: inout Block?, to result: inout [Line]
  ) {
    guard !lines.isEmpty else { return }
    if let last, BlockSpacing.isApart(last, block) { result.append(Line()) }
    result += lines
    last = block
  }

  private func lines(of block: Block, width: Int) -> [Line] {
    switch block {
    case .heading(let level, let text): heading(level, text, width: width)
    case .paragraph(let text): prose(text, width: width)
    case .code(let code, _): self.code(code, width: width)
    case .list(let items, let isOrdered): list(items, isOrdered: isOrdered, width: width)
    case .aside(let kind, let blocks): aside(kind, blocks, width: width)
    case .table(let table): self.table(table, width: width)
    case .bars(let chart): bars(chart, width: width)
    case .chart(let chart): ChartDrawing(chart, width: width).lines
    case .diagram(let diagram): diagram.lines(width: width)
    case .timeline(let moments): timeline(moments, width: width)
    case .actions(let actions): self.actions(actions, width: width)
    case .rule: [Line(String(repeating: "─", count: min(width, proseWidth(width))), .dim)]
    }
  }

  func proseWidth(_ width: Int) -> Int { min(width, Self.measure - Self.margin) }

  func prose(_ text: Text, width: Int) -> [Line] {
    Wrapping.wrap(text.runs { ink(of: $0, on: .plain) }, width: proseWidth(width))
  }

  /// How a span looks on words that have `base` themselves.
  func ink(of span: Span, on base: Ink) -> Ink {
    var ink = base
    switch span {
    case .plain: break
    case .emphasis: ink.isItalic = true
    case .strong: ink.isBold = true
    case .code: ink.colour = .magenta
    case .link: ink.isUnderlined = true
    case .toned(_, let tone): ink = self.ink(of: tone, on: base)
    case .mark(.met): ink.colour = .green
    case .mark(.missed): ink.colour = .red
    case .mark(.unknown): ink.isDim = true
    }
    return ink
  }

  func ink(of tone: Tone?, on base: Ink = .plain) -> Ink {
    var ink = base
    switch tone {
    case .good: ink.colour = .green
    case .bad: ink.colour = .red
    case .quiet: ink.isDim = true
    case .accent: ink.isBold = true
    case nil: break
    }
    return ink
  }
}

/// The escape sequences of inks (ECMA-48, select graphic rendition).
enum Escapes {
  /// The line with its inks switched on and off again, without spaces at the end.
  static func text(of line: Line) -> String {
    let plain = line.plain
    var text = ""
    var left = plain.unicodeScalars.count
    for run in line.runs where left > 0 {
      let words = String(String.UnicodeScalarView(run.words.unicodeScalars.prefix(left)))
      left -= words.unicodeScalars.count
      text += self.text(words, in: run.ink)
    }
    return text
  }

  /// The words with their ink switched on and off again.
  static func text(_ words: String, in ink: Ink) -> String {
    let codes = codes(of: ink)
    return codes.isEmpty ? words : "\u{1B}[\(codes)m\(words)\u{1B}[0m"
  }

  private static func codes(of ink: Ink) -> String {
    var codes: [Int] = []
    if ink.isBold { codes.append(1) }
    if ink.isDim { codes.append(2) }
    if ink.isItalic { codes.append(3) }
    if ink.isUnderlined { codes.append(4) }
    if let colour = ink.colour { codes.append(colour.rawValue) }
    return codes.map(String.init).joined(separator: ";")
  }
}
