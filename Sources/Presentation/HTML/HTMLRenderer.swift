/// Renders documents as a fragment of HTML that needs nothing else: no script, no file, no font.
public struct HTMLRenderer: Renderer {
  /// Whether the fragment brings its few rules of style along.
  public let includesStyle: Bool

  /// A renderer of fragments, each with its style unless several share one page.
  public init(includesStyle: Bool = true) { self.includesStyle = includesStyle }

  /// The document as one `section` of class `drillhall`.
  public func render(_ document: Document) -> String {
    guard !document.blocks.isEmpty else { return "" }
    var lines = ["<section class=\"drillhall\">"]
    if includesStyle { lines.append("<style>\(Self.style)</style>") }
    lines += document.blocks.flatMap(lines(of:))
    return (lines + ["</section>"]).joined(separator: "\n") + "\n"
  }

  /// The rules of style, for a page that holds several fragments.
  public static let style = """
    .drillhall{max-width:46rem;line-height:1.5}
    .drillhall table{border-collapse:collapse}
    .drillhall th,.drillhall td{padding:.1rem .8rem .1rem 0;text-align:left;vertical-align:top}
    .drillhall .figure{text-align:right}
    .drillhall aside{border-left:.2rem solid currentColor;padding-left:.8rem;margin:1rem 0}
    .drillhall .bar{display:inline-block;height:.8em;background:currentColor}
    .drillhall svg{width:100%;height:auto}
    .drillhall .good{color:#1a7f37}.drillhall .bad{color:#cf222e}
    .drillhall .quiet{opacity:.7}.drillhall .accent{font-weight:bold}
    """

  private func lines(of block: Block) -> [String] {
    switch block {
    case .heading(let level, let text):
      let tag = "h\(min(6, max(1, level)))"
      return ["<\(tag)>\(HTMLText.of(text))</\(tag)>"]
    case .paragraph(let text):
      return ["<p>\(HTMLText.of(text))</p>"]
    case .code(let code, let language):
      let lines = SafeText.lines(code, widensTabs: false).map(HTMLText.escape)
      let name = language.map { " class=\"language-\(HTMLText.escape(SafeText.line($0)))\"" } ?? ""
      return ["<pre><code\(name)>" + lines.joined(separator: "\n") + "</code></pre>"]
    case .list(let items, let isOrdered):
      let tag = isOrdered ? "ol" : "ul"
      let body = items.flatMap { ["<li>"] + $0.flatMap(lines(of:)) + ["</li>"] }
      return ["<\(tag)>"] + body + ["</\(tag)>"]
    case .aside(let kind, let blocks):
      let title = kind.rawValue.prefix(1).uppercased() + kind.rawValue.dropFirst()
      return ["<aside class=\"\(kind.rawValue)\">", "<p><strong>\(title)</strong></p>"]
        + blocks.flatMap(lines(of:)) + ["</aside>"]
    case .table(let table): return self.table(table)
    case .bars(let chart): return bars(chart)
    case .chart(let chart): return HTMLChart(chart).lines
    case .diagram(let diagram):
      let drawing = diagram.lines(width: 100).map { HTMLText.escape($0.plain) }
      return ["<pre class=\"diagram\">" + drawing.joined(separator: "\n") + "</pre>"]
    case .timeline(let moments): return timeline(moments)
    case .actions(let actions): return self.actions(actions)
    case .rule: return ["<hr>"]
    }
  }

  private func table(_ table: Table) -> [String] {
    let cell = { (tag: String, column: Int, text: String) in
      switch table.columns[column].alignment {
      case .leading: "<\(tag)>\(text)</\(tag)>"
      case .trailing: "<\(tag) class=\"figure\">\(text)</\(tag)>"
      }
    }
    var lines = ["<table>"]
    if table.columns.contains(where: { !$0.title.isEmpty }) {
      let titles = table.columns.enumerated().map {
        cell("th", $0, HTMLText.escape(SafeText.line($1.title)))
      }
      lines.append("<thead><tr>" + titles.joined() + "</tr></thead>")
    }
    lines.append("<tbody>")
    for row in table.rows {
      let cells = row.enumerated().map { cell("td", $0, HTMLText.of($1)) }
      lines.append("<tr>" + cells.joined() + "</tr>")
    }
    return lines + ["</tbody>", "</table>"]
  }

  private func timeline(_ moments: [Moment]) -> [String] {
    let items = moments.map { moment in
      let part = moment.part.isEmpty ? "" : " <b>\(HTMLText.escape(SafeText.line(moment.part)))</b>"
      let name = moment.tone.map { " class=\"\($0.rawValue)\"" } ?? ""
      let time = HTMLText.escape(SafeText.line(moment.time))
      return
        "<li\(name)><span class=\"quiet\">\(time)</span>\(part) \(HTMLText.of(moment.text))</li>"
    }
    return ["<ol class=\"timeline\">"] + items + ["</ol>"]
  }

  private func actions(_ actions: [Action]) -> [String] {
    let items = actions.map { action in
      let effect = HTMLText.escape(SafeText.line(action.effect))
      return "<kbd>\(HTMLText.escape(SafeText.line(action.command)))</kbd>"
        + (effect.isEmpty ? "" : " \(effect)")
    }
    return items.isEmpty ? [] : ["<p class=\"actions\">" + items.joined(separator: " · ") + "</p>"]
  }
}
