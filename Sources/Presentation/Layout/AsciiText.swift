/// Text for readers whose locale has no more than ASCII.
enum AsciiText {
  /// `text` with each character replaced by what is nearest to it in ASCII, or by `?`.
  static func of(_ text: String) -> String {
    if text.utf8.allSatisfy({ $0 < 0x80 }) { return text }
    return text.reduce(into: "") { result, character in
      result += character.isASCII ? String(character) : nearest(to: character)
    }
  }

  private static func nearest(to character: Character) -> String {
    if let known = replacements[character] { return known }
    guard let scalar = character.unicodeScalars.first else { return "" }
    return baseLetter(of: scalar) ?? "?"
  }

  /// The letter without its accent, which the character's Unicode name tells.
  private static func baseLetter(of scalar: Unicode.Scalar) -> String? {
    if scalar.isASCII { return String(scalar) }
    guard let words = scalar.properties.name?.split(separator: " "), words.count > 4,
      words[0] == "LATIN", words[2] == "LETTER", words[3].count == 1, words[4] == "WITH"
    else { return nil }
    return words[1] == "SMALL" ? words[3].lowercased() : String(words[3])
  }

  private static let replacements: [Character: String] = [
    "–": "-", "—": "-", "‐": "-", "‑": "-", "−": "-", "…": "...", "‘": "'", "’": "'", "“": "\"",
    "”": "\"", "«": "\"", "»": "\"", "·": "-", "•": "*", "×": "x", "÷": "/", "≤": "<=", "≥": ">=",
    "≠": "!=", "≈": "~", "→": "->", "←": "<-", "↔": "<->", "⇒": "=>", "µ": "u", "μ": "u",
    "°": " deg",
    "\u{A0}": " ", "\u{202F}": " ", "\u{2009}": " ", "✓": "ok", "✗": "x", "∞": "inf", "√": "sqrt",
    "²": "^2", "³": "^3", "½": "1/2", "¼": "1/4", "€": "EUR", "£": "GBP", "§": "section ",
    "ß": "ss",
  ]
}
