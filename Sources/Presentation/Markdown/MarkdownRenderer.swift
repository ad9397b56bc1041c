/// Renders documents as GitHub-flavoured Markdown.
///
/// Text comes back from a CommonMark reader exactly as it went in: whatever could be read as
/// markup is escaped. A paragraph is one line, so that no line begins by chance with a sign.
/// Bars become a table, charts a drawing in a code block followed by their figures in words.
public struct MarkdownRenderer: Renderer {
  /// How many levels headings are moved down, for documents that stand in a larger one.
  public let headingOffset: Int

  /// A renderer that moves headings down by `headingOffset` levels.
  public init(headingOffset: Int = 0) { self.headingOffset = max(0, headingOffset) }

  /// The document as Markdown; empty for a document without blocks.
  public func render(_ document: Document) -> String {
    let lines = lines(of: document.blocks)
    return lines.isEmpty ? "" : lines.joined(separator: "\n") + "\n"
  }

  func lines(of blocks: [Block]) -> [String] {
    var result: [String] = []
    var lists = 0
    for block in blocks {
      if case .list = block { lists += 1 } else { lists = 0 }
      // Neighbouring lists take turns with their signs, or a reader would join them.
      let lines = lines(of: block, isOtherSign: lists % 2 == 0 && lists > 0)
      guard !lines.isEmpty else { continue }
      if !result.isEmpty { result.append("") }
      result += lines
    }
    return result
  }

  private func lines(of block: Block, isOtherSign: Bool) -> [String] {
    switch block {
    case .heading(let level, let text):
      return heading(level, text)
    case .paragraph(let text):
      return MarkdownText(text).lines
    case .code(let code, let language):
      return fenced(SafeText.lines(code, widensTabs: false), language: language)
    case .list(let items, let isOrdered):
      return list(items, isOrdered: isOrdered, isOtherSign: isOtherSign)
    case .aside(let kind, let blocks):
      return quoted(kind, blocks)
    case .table(let table):
      return self.table(table)
    case .bars(let chart):
      return bars(chart)
    case .chart(let chart):
      let drawing = ChartDrawing(chart, width: 76).lines.map(\.plain)
      let words = ChartSummary.sentences(of: chart).map { [Block.text($0)] }
      return fenced(drawing, language: "text") + [""] + lines(of: [.list(words, isOrdered: false)])
    case .diagram(let diagram):
      return fenced(diagram.lines(width: 76).map(\.plain), language: "text")
    case .timeline(let moments):
      return timeline(moments)
    case .actions(let actions):
      return self.actions(actions)
    case .rule:
      return ["***"]
    }
  }

  private func heading(_ level: Int, _ text: Text) -> [String] {
    let signs = String(repeating: "#", count: min(6, max(1, level + headingOffset)))
    let words = MarkdownText(text, place: .heading).lines.joined(separator: " ")
    return [words.isEmpty ? signs : "\(signs) \(words)"]
  }

  private func fenced(_ lines: [String], language: String?) -> [String] {
    let longest = lines.map { MarkdownText.longestRun(of: "`", in: $0) }.max() ?? 0
    let fence = String(repeating: "`", count: max(3, longest + 1))
    let word = (language ?? "").filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
    return [fence + word] + lines + [fence]
  }

  private func list(_ items: [[Block]], isOrdered: Bool, isOtherSign: Bool) -> [String] {
    let isTight = items.allSatisfy { blocks in
      if case .paragraph = blocks.first { blocks.count == 1 } else { blocks.isEmpty }
    }
    var result: [String] = []
    for (index, blocks) in items.enumerated() {
      let sign =
        isOrdered ? "\(index + 1)\(isOtherSign ? ")" : ".") " : isOtherSign ? "* " : "- "
      let lines = lines(of: blocks)
      if !isTight, index > 0 { result.append("") }
      let margin = String(repeating: " ", count: sign.count)
      result.append(lines.isEmpty ? String(sign.dropLast()) : sign + lines[0])
      result += lines.dropFirst().map { $0.isEmpty ? $0 : margin + $0 }
    }
    return result
  }

  private func quoted(_ kind: Aside, _ blocks: [Block]) -> [String] {
    let title = kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst() + ":"
    var blocks = blocks
    if case .paragraph(let text) = blocks.first {
      blocks[0] = .paragraph(.strong(title) + " " + text)
    } else {
      blocks.insert(.paragraph(.strong(title)), at: 0)
    }
    return lines(of: blocks).map { $0.isEmpty ? ">" : "> \($0)" }
  }
}
