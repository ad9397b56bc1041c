/// Renders documents as lines that read aloud in order: no colour, no drawing.
///
/// Marks are words, bars are a label with its figure, charts are sentences of figures. Lines are
/// wrapped to the width, save code and words that are longer, which stay whole so that they can
/// be copied. Good for screen readers, pipes and files.
public struct PlainRenderer: Renderer {
  /// The columns that prose is wrapped to.
  public let width: Int
  /// Whether characters outside ASCII are replaced by what is nearest to them.
  public let isAsciiOnly: Bool

  /// A renderer for lines of `width` columns, at least 20.
  public init(width: Int = 80, isAsciiOnly: Bool = false) {
    self.width = max(20, width)
    self.isAsciiOnly = isAsciiOnly
  }

  /// The document as lines; empty for a document without blocks.
  public func render(_ document: Document) -> String {
    let lines = lines(of: document.blocks, width: width).map(trimmed)
    guard !lines.isEmpty else { return "" }
    return lines.joined(separator: "\n") + "\n"
  }

  private func trimmed(_ line: String) -> String {
    String(line.reversed().drop { $0 == " " }.reversed())
  }

  func lines(of blocks: [Block], width: Int) -> [String] {
    var result: [String] = []
    var last: Block?
    for block in blocks {
      let lines = lines(of: block, width: width)
      guard !lines.isEmpty else { continue }
      if let last, BlockSpacing.isApart(last, block) { result.append("") }
      result += lines
      last = block
    }
    return result
  }

  private func lines(of block: Block, width: Int) -> [String] {
    switch block {
    case .heading(_, let text): wrap(words(of: text, quotes: false), width)
    case .paragraph(let text): wrap(words(of: text, quotes: true), width)
    case .code(let code, _): SafeText.lines(code).map { "    " + readable($0) }
    case .list(let items, let isOrdered): list(items, isOrdered: isOrdered, width: width)
    case .aside(let kind, let blocks): aside(kind, blocks, width: width)
    case .table(let table): self.table(table, width: width)
    case .bars(let chart): bars(chart, width: width)
    case .chart(let chart): self.chart(chart, width: width)
    case .diagram(let diagram): diagram.sentences.flatMap { wrap($0, width, hanging: 2) }
    case .timeline(let moments): timeline(moments, width: width)
    case .actions(let actions): self.actions(actions, width: width)
    case .rule: []
    }
  }

  func wrap(_ text: String, _ width: Int, hanging: Int = 0) -> [String] {
    let room = max(12, width - hanging)
    let lines = Wrapping.wrap([Run(readable(text))], width: room, longWords: .keep).map(\.plain)
    let margin = String(repeating: " ", count: hanging)
    return lines.enumerated().map { $0 == 0 || $1.isEmpty ? $1 : margin + $1 }
  }

  /// The text in the characters that the reader has.
  func readable(_ text: String) -> String { isAsciiOnly ? AsciiText.of(text) : text }

  /// The words of a text; in prose, what is to be typed stands in quotes.
  func words(of text: Text, quotes: Bool) -> String {
    text.spans.map { span in
      switch span {
      case .mark(let mark): mark.word
      case .code(let words): quotes ? "'\(safe(words))'" : safe(words)
      case .link(let words, let address):
        words == address || words.isEmpty || address.isEmpty
          ? safe(words.isEmpty ? address : words) : "\(safe(words)) (\(safe(address)))"
      case .plain(let words), .emphasis(let words), .strong(let words), .toned(let words, _):
        safe(words)
      }
    }.joined()
  }

  private func safe(_ words: String) -> String {
    SafeText.lines(words).joined(separator: "\n")
  }
}
