extension MarkdownText {
  /// One line of spans as Markdown.
  static func line(of spans: [Span], place: Place) -> String {
    var line = ""
    for (index, span) in spans.enumerated() {
      switch span {
      case .plain(let words), .toned(let words, _):
        line += MarkdownEscapes.text(words, after: line, place: place)
      case .code(let words):
        line += code(words, place: place)
      case .link(let words, let address):
        line += link(words, address: address, after: line, place: place)
      case .strong(let words):
        line += stressed(words, "**", "strong", spans, index, after: line, place: place)
      case .emphasis(let words):
        line += stressed(words, "*", "em", spans, index, after: line, place: place)
      case .mark(let mark):
        line += mark.sign
      }
    }
    return line
  }

  private static func code(_ words: String, place: Place) -> String {
    let isBlank = words.allSatisfy { $0 == " " }
    // In a cell a pipe must be escaped, which a backslash before it undoes.
    if isBlank || (place == .cell && words.unicodeScalars.contains("|")) {
      return "<code>" + MarkdownEscapes.entities(words) + "</code>"
    }
    let fence = String(repeating: "`", count: longestRun(of: "`", in: words) + 1)
    let signs = words.unicodeScalars
    let touches = signs.first == "`" || signs.last == "`"
    let isPadded = touches || (signs.first == " " && signs.last == " ")
    return fence + (isPadded ? " \(words) " : words) + fence
  }

  private static func link(
    _ words: String, address: String, after line: String, place: Place
  ) -> String {
    guard let target = LinkAddress(address) else {
      return MarkdownEscapes.text(words, after: line, place: place)
    }
    let label = MarkdownEscapes.text(words, after: line + "[", place: place)
    return "[\(label)](<\(MarkdownEscapes.ampersands(target.text))>)"
  }

  /// Words between signs of emphasis, or between tags where a reader would not see the signs.
  ///
  /// A closing sign counts only where the words end, as CommonMark's flanking rules say: behind a
  /// full stop and before a letter it would not.
  private static func stressed(
    _ words: String, _ sign: String, _ tag: String, _ spans: [Span], _ index: Int,
    after line: String, place: Place
  ) -> String {
    let body = { MarkdownEscapes.text(words, after: $0, place: place) }
    let isWord = MarkdownEscapes.isWord
    let isSeparator = MarkdownEscapes.isSeparator
    let before = line.unicodeScalars.last
    let after = index + 1 < spans.count ? spans[index + 1].words.unicodeScalars.first : nil
    let signed = body(line + sign)
    let opens = isWord(signed.unicodeScalars.first) || isSeparator(before)
    let closes = isWord(signed.unicodeScalars.last) || isSeparator(after)
    let touchesSign =
      before == "*" || (index + 1 < spans.count && isStressed(spans[index + 1]))
    if opens, closes, !touchesSign { return sign + signed + sign }
    return "<\(tag)>" + body(line + "<\(tag)>") + "</\(tag)>"
  }

  private static func isStressed(_ span: Span) -> Bool {
    switch span {
    case .strong, .emphasis: true
    case .plain, .code, .link, .toned, .mark: false
    }
  }
}

/// The address of a link that is safe to follow: of the web, of mail, or inside the project.
struct LinkAddress {
  /// The address with everything percent-encoded that has no place in one.
  let text: String

  /// Nil for schemes other than `http`, `https` and `mailto`, as `javascript`.
  init?(_ address: String) {
    let trimmed = address.trimmingSpaces
    let scheme = trimmed.prefix { $0 != ":" && $0 != "/" && $0 != "?" && $0 != "#" }
    let hasScheme = scheme.count < trimmed.count && trimmed.dropFirst(scheme.count).first == ":"
    guard !trimmed.isEmpty,
      !hasScheme || ["http", "https", "mailto"].contains(scheme.lowercased())
    else { return nil }
    var text = ""
    for byte in trimmed.utf8 {
      let character = Character(Unicode.Scalar(byte))
      if byte < 0x80, character.isLetter || character.isNumber || Self.signs.contains(character) {
        text.append(character)
      } else {
        let digits = String(byte, radix: 16, uppercase: true)
        text += digits.count == 1 ? "%0\(digits)" : "%\(digits)"
      }
    }
    self.text = text
  }

  private static let signs: Set<Character> = Set("-._~:/?#[]@!$&'()*+,;=%")
}
