import CMarkdown
import Presentation

/// Markdown as a document, by cmark-gfm.
///
/// Headings keep their level; raw HTML is shown as text, never passed on.
public enum MarkdownParser {
  /// The document that `markdown` writes.
  public static func document(_ markdown: String) -> Document {
    Document(nodes(markdown).flatMap(\.blocks))
  }

  /// A block of the top level with its place in the text.
  struct TopNode {
    let line: Int
    /// The level and the words of a heading.
    let heading: (level: Int, words: String)?
    /// The word after the fence and the text of a fenced block.
    let fence: (info: String, text: String)?
    let blocks: [Block]
  }

  /// The blocks of the top level, in order.
  static func nodes(_ markdown: String) -> [TopNode] {
    cmark_gfm_core_extensions_ensure_registered()
    guard let parser = cmark_parser_new(CMARK_OPT_DEFAULT) else { return [] }
    defer { cmark_parser_free(parser) }
    for name in ["table", "strikethrough", "autolink"] {
      if let syntax = cmark_find_syntax_extension(name) {
        cmark_parser_attach_syntax_extension(parser, syntax)
      }
    }
    cmark_parser_feed(parser, markdown, markdown.utf8.count)
    guard let root = cmark_parser_finish(parser) else { return [] }
    defer { cmark_node_free(root) }
    return MarkdownNode(root).children.map { node in
      TopNode(
        line: node.line, heading: node.kind == "heading" ? (node.level, node.text.plain) : nil,
        fence: node.kind == "code_block" ? (node.info, node.literal) : nil, blocks: node.blocks)
    }
  }
}

/// A node of cmark's tree.
private struct MarkdownNode {
  private let pointer: OpaquePointer

  init(_ pointer: OpaquePointer) { self.pointer = pointer }

  var kind: String { String(cString: cmark_node_get_type_string(pointer)) }
  var line: Int { Int(cmark_node_get_start_line(pointer)) }
  var level: Int { Int(cmark_node_get_heading_level(pointer)) }
  var literal: String { cmark_node_get_literal(pointer).map { String(cString: $0) } ?? "" }
  var info: String { cmark_node_get_fence_info(pointer).map { String(cString: $0) } ?? "" }
  var address: String { cmark_node_get_url(pointer).map { String(cString: $0) } ?? "" }

  var children: [MarkdownNode] {
    var children: [MarkdownNode] = []
    var next = cmark_node_first_child(pointer)
    while let child = next {
      children.append(MarkdownNode(child))
      next = cmark_node_next(child)
    }
    return children
  }

  /// The blocks this node stands for.
  var blocks: [Block] {
    switch kind {
    case "heading": [.heading(level, text)]
    case "paragraph": [.paragraph(text)]
    case "code_block": [.code(withoutLastBreak(literal), language: info.isEmpty ? nil : info)]
    case "html_block": [.code(withoutLastBreak(literal), language: "html")]
    case "block_quote": [.aside(.note, children.flatMap(\.blocks))]
    case "list":
      [
        .list(
          children.map { $0.children.flatMap(\.blocks) },
          isOrdered: cmark_node_get_list_type(pointer) == CMARK_ORDERED_LIST)
      ]
    case "thematic_break": [.rule]
    case "table": table.map { [.table($0)] } ?? []
    default: children.flatMap(\.blocks)
    }
  }

  /// The inline text of this node.
  var text: Text { Text(children.flatMap(\.spans)) }

  private var spans: [Span] {
    switch kind {
    case "text": [.plain(literal)]
    case "code": [.code(literal)]
    case "softbreak": [.plain(" ")]
    case "linebreak": [.plain("\n")]
    case "html_inline": [.plain(literal)]
    case "emph": [.emphasis(text.plain)]
    case "strong": [.strong(text.plain)]
    case "link": [.link(text.plain, address: address)]
    default: children.flatMap(\.spans)
    }
  }

  private var table: Table? {
    let rows = children.map { row in row.children.map(\.text) }
    guard let header = rows.first, !header.isEmpty else { return nil }
    let count = header.count
    let alignments = cmark_gfm_extensions_get_table_alignments(pointer)
    let columns = header.enumerated().map { index, title in
      let isTrailing = alignments?[index] == UInt8(ascii: "r")
      return Table.Column(title.plain, isTrailing ? .trailing : .leading)
    }
    let body = rows.dropFirst().map { row in
      Array((row + Array(repeating: Text(""), count: count)).prefix(count))
    }
    return Table(columns, Array(body))
  }

  private func withoutLastBreak(_ text: String) -> String {
    text.hasSuffix("\n") ? String(text.dropLast()) : text
  }
}
