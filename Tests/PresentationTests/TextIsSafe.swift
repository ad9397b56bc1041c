import Presentation
import Testing

/// Widths as terminals count them, and text that tries to command one.
@Suite struct TextIsSafe {
  @Test(arguments: [
    ("abc", 3), ("", 0), ("é", 1), ("e\u{301}", 1), ("日本語", 6), ("한글", 4),
    ("\u{1112}\u{1161}\u{11AB}", 2),
    ("ﬀ", 1), ("Ａ", 2), ("｡", 1), ("👩‍💻", 2), ("👍🏽", 2), ("🇩🇪", 2), ("1️⃣", 2), ("✓", 1), ("❤️", 2),
    ("█▏", 2), ("…", 1), ("नि", 2), ("x\u{200D}y", 2), ("a\u{20DD}", 1),
  ])
  func width(of text: String, is columns: Int) {
    #expect(DisplayWidth.of(text) == columns)
  }

  @Test(arguments: [
    ("\u{1B}[2J\u{1B}]0;x\u{7}", "^[[2J^[]0;x^G"), ("a\u{9B}31mb", "a<U+009B>31mb"),
    ("a\u{202E}b", "a<U+202E>b"), ("a\r\nb\rc\u{2028}d", "a b c d"), ("a\u{7F}\u{0}", "a^?^@"),
    ("soft\u{AD}hyphen\u{200B}\u{FEFF}", "softhyphen"), ("tab\there", "tab here"),
    ("👩‍💻 é 日", "👩‍💻 é 日"),
  ])
  func line(_ text: String, becomes safe: String) {
    #expect(SafeText.line(text) == safe)
  }

  @Test func tabsReachTheNextStopInLines() {
    #expect(SafeText.lines("a\tb\n\t日\tc") == ["a   b", "    日  c"])
  }

  @Test(arguments: [
    "javascript:alert(1)", "JaVaScript:x", " javascript:x", "data:text/html,x", "vbscript:x",
    "java\u{0}script:x", "java\tscript:x",
  ])
  func addressesThatRunCodeAreNoLinks(address: String) {
    let document = Document([.paragraph(Text([.link("click", address: address)]))])
    #expect(!HTMLRenderer().render(document).contains("<a"))
    #expect(!MarkdownRenderer().render(document).contains("](<"))
  }

  @Test func colourNeverStandsAlone() {
    let marks = Document([.paragraph(Text(Mark.allCases.map { .mark($0) }))])
    #expect(AnsiRenderer(width: 80, isColoured: false).render(marks) == "  ✓✗?\n")
    #expect(PlainRenderer().render(marks) == "metmissedunknown\n")
  }
}
