import Patterns
import Testing

@Suite struct JSONParserTests {
  private func value(_ text: String) -> JSONValue? {
    try? JSONParser.value(of: Array(text.utf8))
  }

  static let readings: [(String, JSONValue)] = [
    ("null", JSONValue.null), (" true ", .flag(true)), ("-0.5e+3", .number("-0.5e+3")),
    ("\"a\\u00e9\\ud83d\\ude00\\n\"", .text("a\u{e9}\u{1F600}\n")), ("[]", .list([])),
    (
      "{\"a\":[1,{\"b\":false}]}",
      .object([.init("a", .list([.number("1"), .object([.init("b", .flag(false))])]))])
    ),
  ]

  @Test(arguments: readings)
  func reads(text: String, expected: JSONValue) { #expect(value(text) == expected) }

  /// RFC 8259, and what RFC 7515 section 4 adds: names that come twice.
  @Test(arguments: [
    "", " ", "nul", "truex", "01", "1.", ".5", "1e", "+1", "-", "\"", "\"\u{1}\"", "\"\\x\"",
    "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "[1,]", "[1 2]", "{\"a\"}", "{\"a\":1,}",
    "{a:1}", "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":1}", "1 2", "{} x", "'a'", "NaN",
    String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
  ])
  func refuses(text: String) { #expect(value(text) == nil, "\(text)") }

  @Test func refusesWhatIsNoUTF8() {
    #expect(throws: JSONParser.Fault.self) { try JSONParser.value(of: [0x22, 0xC3, 0x22]) }
    #expect(throws: JSONParser.Fault.self) { try JSONParser.value(of: [0x22, 0xC0, 0x80, 0x22]) }
  }

  @Test func complaintsNameThePlace() {
    let error = #expect(throws: JSONParser.Fault.self) {
      try JSONParser.value(of: Array("{\"a\":1 \"b\":2}".utf8))
    }
    #expect(error == .init(offset: 7, expected: "',' or '}'"))
  }

  /// What is written is read again as the same.
  @Test(arguments: ["{\"a\":\"\\\"\\\\\\u0001\u{e9}\",\"b\":[null,-1.5e3,{}]}", "[[],\"\"]"])
  func writesWhatItReads(text: String) throws {
    let read = try #require(value(text))
    #expect(value(read.description) == read)
    #expect(read.description == text)
  }
}
