import Kernel
import Presentation

/// Makes documents of every kind of block out of text of every kind.
struct RandomDocuments {
  private var random: RandomStream

  init(seed: UInt64) { random = RandomStream(seed: seed, name: "documents") }

  mutating func document() -> Document {
    Document((0..<pick(6)).map { _ in block(depth: 0) })
  }

  /// A number from 0 up to and without `bound`.
  private mutating func pick(_ bound: Int) -> Int { random.below(bound) }

  /// Fragments that are wide, narrow, hostile, or markup in some format.
  private static let fragments = [
    "a", "shard-1", "user_42", "supercalifragilisticexpialidocious", "日本語", "👩‍💻", "👍🏽", "🇩🇪",
    "é", "e\u{301}", "क्षि", "한글", "\u{1B}[31m", "\u{1B}]0;title\u{7}", "\u{9B}2J", "\u{202E}",
    "\t", "\n", "\r\n", "\r", "\u{2028}", "\u{0}", "\u{7F}", "*", "**", "_", "`", "``", "|", "\\",
    "<b>", "</section>", "&amp;", "&", "#", "# ", "- ", "+ ", "1. ", "12) ", "> ", "---", "===",
    "[x](y)", "![", "](", "~~", ":--", "http://a.b/c_d?e=f&g=h|i", "www.a.b", "<!--", "\"", "'",
    " ",
    "  ", "    ", ".", ",", "(", ")", "50 ms", "80 %", "*\u{308}", "<\u{308}", "\u{200B}",
    "\u{FE0F}",
    "…", "─", "½", "ﷺ", "\u{1F1E6}", "$5", "@a.b", "x\u{200D}y",
  ]

  mutating func words() -> String {
    var words = ""
    for _ in 0..<pick(12) {
      words += Self.fragments[pick(Self.fragments.count)]
      if pick(2) == 0 { words += " " }
    }
    return words
  }

  mutating func text() -> Text {
    Text((0..<pick(5)).map { _ in span() })
  }

  private mutating func span() -> Span {
    switch pick(8) {
    case 0: .emphasis(words())
    case 1: .strong(words())
    case 2: .code(words())
    case 3: .link(words(), address: words())
    case 4: .toned(words(), Tone.allCases[pick(Tone.allCases.count)])
    case 5: .mark(Mark.allCases[pick(Mark.allCases.count)])
    default: .plain(words())
    }
  }

  private mutating func blocks(depth: Int) -> [Block] {
    (0..<pick(3)).map { _ in block(depth: depth) }
  }

  private mutating func block(depth: Int) -> Block {
    switch pick(depth > 4 ? 11 : 13) {
    case 0: .heading(1 + pick(4), text())
    case 1, 2: .paragraph(text())
    case 3: .code(words(), language: pick(2) == 0 ? words() : nil)
    case 4: .table(table())
    case 5: .bars(bars())
    case 6: .chart(chart())
    case 7: .timeline(moments())
    case 8: .actions((0..<pick(4)).map { _ in Action(words(), words()) })
    case 9: .rule
    case 10: .diagram(diagram())
    case 11: .list((0..<pick(3)).map { _ in blocks(depth: depth + 1) }, isOrdered: pick(2) == 0)
    default: .aside(Aside.allCases[pick(Aside.allCases.count)], blocks(depth: depth + 1))
    }
  }

  private mutating func table() -> Table {
    let columns = (0..<pick(6)).map { _ in
      Table.Column(words(), pick(2) == 0 ? .leading : .trailing)
    }
    return Table(columns, (0..<pick(4)).map { _ in columns.map { _ in text() } })
  }

  private mutating func bars() -> BarChart {
    let bars = (0..<pick(5)).map { _ in BarChart.Bar(words(), figure(), text: words()) }
    return BarChart(bars, caption: pick(2) == 0 ? words() : nil)
  }

  private mutating func diagram() -> Diagram {
    if pick(2) == 0 {
      return .operations(
        OperationDiagram(
          (0..<pick(6)).map { _ in
            let start = pick(50)
            return OperationDiagram.Row(
              process: words(), action: words(), start: start,
              end: pick(3) == 0 ? nil : start + 1 + pick(20), remark: pick(2) == 0 ? words() : "")
          }))
    }
    let parts = (0..<1 + pick(6)).map { _ in words() }
    let rows = (0..<pick(6)).map { _ in
      let event: MessageDiagram.Row.Event =
        switch pick(3) {
        case 0: .message(from: pick(parts.count), to: pick(parts.count), sent: words())
        case 1: .lost(from: pick(parts.count), to: pick(parts.count))
        default: .local(at: pick(parts.count))
        }
      return MessageDiagram.Row(words(), event, words())
    }
    return .messages(MessageDiagram(parts: parts, rows))
  }

  private mutating func chart() -> TimeChart {
    let styles: [TimeChart.Style] = [.line, .strip, .band]
    let series = (0..<pick(4)).map { _ in
      let values: [Double?] = (0..<pick(200)).map { _ in pick(10) == 0 ? nil : figure() }
      return TimeChart.Series(
        words(), values, style: styles[pick(3)], level: pick(2) == 0 ? figure() : nil,
        text: Unit.allCases[pick(Unit.allCases.count)].text)
    }
    return TimeChart(series, start: pick(2) == 0 ? "0 s" : words(), end: "120 s")
  }

  private mutating func moments() -> [Moment] {
    (0..<pick(4)).map { _ in Moment(time: words(), part: words(), text: text()) }
  }

  private mutating func figure() -> Double {
    switch pick(12) {
    case 0: 0
    case 1: -Double(pick(1_000))
    case 2: .infinity
    case 3: .nan
    case 4: 1e308
    case 5: .leastNonzeroMagnitude
    case 6: -1e308
    default: Double(pick(1_000_000)) / 1_000
    }
  }
}
