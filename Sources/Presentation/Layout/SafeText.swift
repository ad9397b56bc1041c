/// Makes text from files and people harmless to the terminal that shows it.
///
/// A note, a card or a file name may hold anything. An escape sequence in it could move the
/// cursor, rename the window or type commands; a bidirectional override could show other words
/// than the ones that are there. Such characters are shown by name instead of being obeyed:
/// control characters as `^[`, the others as `<U+202E>`.
public enum SafeText {
  /// `text` on one line: line ends and tabs become spaces.
  public static func line(_ text: String) -> String {
    isHarmless(text) ? text : clean(text, newline: " ", tab: " ")
  }

  /// `text` as lines, with tabs widened to the next multiple of four columns if wanted.
  public static func lines(_ text: String, widensTabs: Bool = true) -> [String] {
    if isHarmless(text) { return [text] }
    let lines = clean(text, newline: "\n", tab: "\t")
      .split(separator: "\n", omittingEmptySubsequences: false)
    return widensTabs ? lines.map(widenTabs) : lines.map(String.init)
  }

  private static func isHarmless(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F }
  }

  private static func clean(
    _ text: String, newline: Unicode.Scalar, tab: Unicode.Scalar
  ) -> String {
    var result = String.UnicodeScalarView()
    var isAfterReturn = false
    for scalar in text.unicodeScalars {
      let isReturn = scalar == "\r"
      switch scalar {
      case "\n" where isAfterReturn: break
      case "\n", "\r", "\u{2028}", "\u{2029}": result.append(newline)
      case "\t": result.append(tab)
      default: append(scalar, to: &result)
      }
      isAfterReturn = isReturn
    }
    return String(result)
  }

  private static func append(_ scalar: Unicode.Scalar, to result: inout String.UnicodeScalarView) {
    switch scalar.value {
    case 0..<0x20, 0x7F:
      result.append("^")
      result.append(Unicode.Scalar(UInt8(scalar.value ^ 0x40)))
    case 0xAD, 0x200B, 0x2060, 0xFEFF:
      break  // A soft hyphen and zero-width spaces: terminals disagree about their width.
    case 0x80..<0xA0, 0x61C, 0x202A...0x202E, 0x2066...0x206F, 0xFFF9...0xFFFB, 0xE0001:
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let zeros = String(repeating: "0", count: max(0, 4 - digits.count))
      result.append(contentsOf: "<U+\(zeros)\(digits)>".unicodeScalars)
    default:
      result.append(scalar)
    }
  }

  private static func widenTabs(_ line: Substring) -> String {
    guard line.contains("\t") else { return String(line) }
    var result = ""
    var column = 0
    for character in line {
      let isTab = character == "\t"
      let width = isTab ? 4 - column % 4 : DisplayWidth.of(character)
      result += isTab ? String(repeating: " ", count: width) : String(character)
      column += width
    }
    return result
  }
}
