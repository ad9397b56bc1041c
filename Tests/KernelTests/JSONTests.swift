import Kernel
import Testing

@Suite struct JSONTests {
  private func value(_ text: String) -> JSON? { try? JSON.read(Array(text.utf8)) }

  static let readings: [(String, JSON)] = [
    ("null", JSON.null), (" true ", .boolean(true)), ("-0.5e+3", .number(-500)),
    ("-7", .integer(-7)),
    ("\"a\\u00e9\\ud83d\\ude00\\n\"", .text("a\u{e9}\u{1F600}\n")), ("[]", .list([])),
    (
      "{\"a\":[1,{\"b\":false}]}",
      .object([.init("a", .list([.integer(1), .object([.init("b", .boolean(false))])]))])
    ),
  ]

  @Test(arguments: readings)
  func reads(text: String, expected: JSON) { #expect(value(text) == expected) }

  /// RFC 8259, and what RFC 7515 section 4 adds: names that come twice.
  @Test(arguments: [
    "", " ", "nul", "truex", "01", "1.", ".5", "1e", "+1", "-", "\"", "\"\u{1}\"", "\"\\x\"",
    "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}",
    "{a:1}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "1 2", "{} x", "'a'", "NaN", "1e999",
    String(repeating: "[", count: 100) + String(repeating: "]", count: 100),
  ])
  func refuses(text: String) { #expect(value(text) == nil, "\(text)") }

  @Test func refusesWhatIsNoUTF8() {
    #expect(throws: Diagnostic.self) { try JSON.read([0x22, 0xC3, 0x22]) }
    #expect(throws: Diagnostic.self) { try JSON.read([0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func complaintsNameThePlace() {
    let error = #expect(throws: Diagnostic.self) {
      try JSON.read(Array("{\"a\":1,\n \"b\" 2}".utf8))
    }
    #expect(error?.line == 2)
    #expect(error?.column == 6)
    #expect(error?.expected == "':' after the name 'b'")
  }

  /// What is written is read again as the same.
  @Test(arguments: ["{\"a\":\"\\\"\\\\\\u0001\u{e9}\",\"b\":[null,-1500.5,{}]}", "[[],\"\"]"])
  func writesWhatItReads(text: String) throws {
    let read = try #require(value(text))
    #expect(value(read.compact) == read)
    #expect(value(read.pretty()) == read)
    #expect(read.compact == text)
  }
}
