extension Text {
  /// The text as runs, made harmless; `ink` says how a span looks.
  func runs(_ ink: (Span) -> Ink) -> [Run] {
    spans.flatMap { span in
      Text.words(of: span).map { Run($0, ink(span)) }
    }
  }

  /// A span's words: line feeds stay, tabs become spaces, a mark is its sign.
  private static func words(of span: Span) -> [String] {
    switch span {
    case .mark(let mark): [mark.sign]
    case .plain(let words), .emphasis(let words), .strong(let words), .code(let words),
      .toned(let words, _):
      [SafeText.lines(words).joined(separator: "\n")]
    case .link(let words, let address):
      words == address || words.isEmpty || address.isEmpty
        ? [SafeText.line(words.isEmpty ? address : words)]
        : [SafeText.line(words), " (", SafeText.line(address) + ")"]
    }
  }
}
