import CMarkdown
import Kernel
import Presentation
import Testing

/// Markdown that a CommonMark reader takes for the text it was made of, and for nothing more.
@Suite struct MarkdownRoundTrip {
  @Test(arguments: UInt64(1)...20)
  func textComesBackAsItWas(seed: UInt64) throws {
    var source = RandomDocuments(seed: seed)
    for _ in 0..<40 {
      let text = source.text()
      let words = expected(text)
      guard !words.isEmpty else { continue }
      try check(.paragraph(text), words, is: ["paragraph"])
      try check(.heading(2, text), words, is: ["heading"])
      try check(.list([[.paragraph(text)]], isOrdered: true), words, is: ["list", "item"])
      try check(.aside(.note, [.paragraph(text)]), "Note: \(words)", is: ["block_quote"])
      let table = Table([Table.Column(""), Table.Column("")], [["a", text]])
      try check(.table(table), "a\(words)", is: ["table", "table_row", "table_cell"])
    }
  }

  @Test(arguments: UInt64(1)...5)
  func codeComesBackAsItWas(seed: UInt64) throws {
    var source = RandomDocuments(seed: seed)
    for _ in 0..<40 {
      let code = source.words()
      let markdown = MarkdownRenderer().render(Document([.code(code, language: "text")]))
      let root = try #require(MarkdownTree(markdown))
      #expect(root.text == SafeText.lines(code, widensTabs: false).joined(separator: "\n") + "\n")
    }
  }

  @Test func neighbouringListsStayApart() throws {
    let list = Block.list([[.text("a")], [.text("b")]], isOrdered: false)
    let markdown = MarkdownRenderer().render(Document([list, list, list]))
    #expect(try #require(MarkdownTree(markdown)).children == ["list", "list", "list"])
  }

  /// `kinds` are those of the first block and of what stands first in it.
  private func check(_ block: Block, _ words: String, is kinds: [String]) throws {
    let markdown = MarkdownRenderer().render(Document([block]))
    let root = try #require(MarkdownTree(markdown))
    #expect(root.children.count == 1, "\(markdown)")
    #expect(spaced(root.text) == spaced(words), "\(markdown)")
    #expect(Array(root.firstKinds.prefix(kinds.count)) == kinds, "\(markdown)")
  }

  private func expected(_ text: Text) -> String {
    spaced(
      text.spans.map { span in
        switch span {
        case .mark(let mark): return mark.sign
        case .link(let words, let address):
          let target = SafeText.line(address)
          let label = words.isEmpty ? target : SafeText.line(words)
          return isFollowed(address) || label == target ? label : "\(label) (\(target))"
        case .plain, .emphasis, .strong, .code, .toned:
          return SafeText.lines(span.words).joined(separator: "\n")
        }
      }.joined())
  }

  /// Whether the address leads to the web or into the project; asked in another way than the
  /// renderer does.
  private func isFollowed(_ address: String) -> Bool {
    let html = HTMLRenderer().render(Document([.paragraph(Text([.link("x", address: address)]))]))
    return html.contains("<a href=")
  }

  /// Without white space, which Markdown does not keep at the ends of lines and spans.
  private func spaced(_ text: String) -> String {
    String(
      String.UnicodeScalarView(text.unicodeScalars.filter { !$0.properties.isWhitespace }))
  }
}

/// What cmark-gfm reads in Markdown.
private struct MarkdownTree {
  /// The kinds of the blocks at the top.
  private(set) var children: [String] = []
  /// The kinds of the first block, the first in it, and so on.
  private(set) var firstKinds: [String] = []
  /// All text, in order.
  private(set) var text = ""

  init?(_ markdown: String) {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return nil }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink", "tasklist"] {
      guard let syntax = cmark_find_syntax_extension(name) else { return nil }
      cmark_parser_attach_syntax_extension(parser, syntax)
    }
    cmark_parser_feed(parser, markdown, markdown.utf8.count)
    guard let root = cmark_parser_finish(parser) else { return nil }
    defer { cmark_node_free(root) }
    var node = cmark_node_first_child(root)
    while let child = node {
      children.append(Self.kind(child))
      node = cmark_node_next(child)
    }
    node = cmark_node_first_child(root)
    while let child = node {
      firstKinds.append(Self.kind(child))
      // The first row of a table is its heading.
      let isTable = firstKinds.last == "table"
      node = cmark_node_first_child(child).flatMap { isTable ? cmark_node_next($0) : $0 }
    }
    collect(root)
  }

  private static func kind(_ node: OpaquePointer) -> String {
    String(cString: cmark_node_get_type_string(node))
  }

  private mutating func collect(_ node: OpaquePointer) {
    switch Self.kind(node) {
    case "text", "code", "code_block":
      text += cmark_node_get_literal(node).map { String(cString: $0) } ?? ""
    case "linebreak", "softbreak": text += "\n"
    default: break  // Tags of ours carry no text.
    }
    var next = cmark_node_first_child(node)
    while let child = next {
      collect(child)
      next = cmark_node_next(child)
    }
  }
}
