/// Escapes what Markdown would take for markup.
///
/// It looks at Unicode scalars, not at characters: a Markdown reader sees the sign in `*̈` too.
enum MarkdownEscapes {
  /// `words` as they stand behind `line` on a line of Markdown.
  static func text(_ words: String, after line: String, place: MarkdownText.Place) -> String {
    let scalars = Array(words.unicodeScalars)
    var result = String.UnicodeScalarView()
    var index = 0
    if line.isEmpty, place == .paragraph { index = escapeOpening(scalars, into: &result) }
    while index < scalars.count {
      let before = index > 0 ? scalars[index - 1] : line.unicodeScalars.last
      if let end = addressEnd(scalars, from: index, after: before) {
        let address = String(String.UnicodeScalarView(scalars[index..<end]))
        let isCut = place == .cell && address.unicodeScalars.contains("|")
        let text = isCut ? entities(address) : "<\(ampersands(address))>"
        result.append(contentsOf: text.unicodeScalars)
        index = end
        continue
      }
      let after = index + 1 < scalars.count ? scalars[index + 1] : nil
      if isMarkup(scalars[index], before: before, after: after, place: place) {
        result.append("\\")
      }
      result.append(scalars[index])
      index += 1
    }
    return String(result)
  }

  /// `words` with everything that means something in HTML or Markdown as a character reference.
  static func entities(_ words: String) -> String {
    words.unicodeScalars.reduce(into: "") { result, scalar in
      let isPlain = scalar.value >= 0x80 || isWord(scalar)
      result += isPlain ? String(scalar) : "&#\(scalar.value);"
    }
  }

  /// `text` with its ampersands as references.
  static func ampersands(_ text: String) -> String {
    text.unicodeScalars.reduce(into: "") { $0 += $1 == "&" ? "&amp;" : String($1) }
  }

  /// Writes what would begin a heading, a list, a quotation or a rule, and tells how much that is.
  private static func escapeOpening(
    _ scalars: [Unicode.Scalar], into result: inout String.UnicodeScalarView
  ) -> Int {
    guard let first = scalars.first else { return 0 }
    if openings.contains(first) {
      result.append("\\")
      result.append(first)
      return 1
    }
    let digits = scalars.prefix { (0x30...0x39).contains($0.value) }
    guard !digits.isEmpty, digits.count < scalars.count,
      [".", ")"].contains(scalars[digits.count])
    else { return 0 }
    result.append(contentsOf: digits)
    result.append("\\")
    result.append(scalars[digits.count])
    return digits.count + 1
  }

  private static let openings: [Unicode.Scalar] = ["#", "+", "-", "=", ">", ":"]

  private static func isMarkup(
    _ scalar: Unicode.Scalar, before: Unicode.Scalar?, after: Unicode.Scalar?,
    place: MarkdownText.Place
  ) -> Bool {
    switch scalar {
    case "\\", "`", "*", "[", "]", "<", "~", "|": return true
    case "_": return !(isWord(before) && isWord(after))
    case "&": return after.map { $0 == "#" || $0.isASCII && isWord($0) } ?? false
    case "#": return place == .heading && (before == nil || before == " " || before == "#")
    case ".": return before == "w" && isWord(after)  // `www.` would become a link.
    case ":": return after == "/"  // So would `ftp://`.
    default: return false
    }
  }

  static func isWord(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return false }
    return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value)
  }

  /// Whether every version of CommonMark takes the scalar for white space or punctuation.
  static func isSeparator(_ scalar: Unicode.Scalar?) -> Bool {
    guard let scalar else { return true }
    if scalar.isASCII { return !isWord(scalar) }
    return scalar.properties.isWhitespace
  }

  /// Where a web address that begins at `start` ends, or nil when none does.
  ///
  /// It becomes a link of its own: escapes have no place in an address that readers find
  /// by themselves.
  private static func addressEnd(
    _ scalars: [Unicode.Scalar], from start: Int, after before: Unicode.Scalar?
  ) -> Int? {
    guard scalars[start] == "h", !isWord(before) else { return nil }
    let rest = scalars[start...]
    let schemes = ["https://", "http://"].map { Array($0.unicodeScalars) }
    guard let scheme = schemes.first(where: { rest.starts(with: $0) }) else { return nil }
    let first = start + scheme.count
    var end = first
    while end < scalars.count, isAddress(scalars[end]) { end += 1 }
    while end > first, trailing.contains(scalars[end - 1]) { end -= 1 }
    return end > first ? end : nil
  }

  private static let trailing = Set(".,;:!?)'\"*_~]".unicodeScalars)

  private static func isAddress(_ scalar: Unicode.Scalar) -> Bool {
    (0x21..<0x7F).contains(scalar.value) && scalar != "<" && scalar != ">"
  }
}
