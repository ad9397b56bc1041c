/// Running text as HTML.
enum HTMLText {
  /// The spans as inline elements, everything in them escaped.
  static func of(_ text: Text) -> String { text.spans.map(element).joined() }

  /// `text` with the signs that mean something in HTML as references.
  ///
  /// It looks at Unicode scalars, since a browser sees the sign even where a mark combines with it.
  static func escape(_ text: some StringProtocol) -> String {
    text.unicodeScalars.reduce(into: "") { result, scalar in
      switch scalar {
      case "&": result += "&amp;"
      case "<": result += "&lt;"
      case ">": result += "&gt;"
      case "\"": result += "&quot;"
      case "'": result += "&#39;"
      default: result.unicodeScalars.append(scalar)
      }
    }
  }

  private static func element(_ span: Span) -> String {
    switch span {
    case .plain(let words): return safe(words)
    case .emphasis(let words): return "<em>\(safe(words))</em>"
    case .strong(let words): return "<strong>\(safe(words))</strong>"
    case .code(let words): return "<code>\(safe(words))</code>"
    case .toned(let words, let tone):
      return "<span class=\"\(tone.rawValue)\">\(safe(words))</span>"
    case .mark(.met): return "<span class=\"good\" title=\"met\">✓</span>"
    case .mark(.missed): return "<span class=\"bad\" title=\"missed\">✗</span>"
    case .mark(.unknown): return "<span class=\"quiet\" title=\"unknown\">?</span>"
    case .link(let words, let address):
      guard let target = LinkAddress(SafeText.line(address)) else {
        return safe(words == address ? words : "\(words) (\(address))")
      }
      return "<a href=\"\(escape(target.text))\">\(safe(words.isEmpty ? address : words))</a>"
    }
  }

  private static func safe(_ words: String) -> String {
    SafeText.lines(words).map(escape).joined(separator: "<br>")
  }
}
