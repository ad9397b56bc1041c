import Kernel

/// A word of a query.
struct PromToken: Sendable, Equatable {
  enum Content: Sendable, Equatable {
    case number(Double)
    /// Milliseconds.
    case duration(Int64)
    case text(String)
    case word(String)
    case sign(String)
    case end
  }

  let content: Content
  /// The column, from 1.
  let column: Int

  /// How the word reads in a complaint.
  var reading: String {
    switch content {
    case .number(let value): GoText.general(value)
    case .duration(let span): PromDuration.text(span)
    case .text(let text): GoText.quoted(text)
    case .word(let word), .sign(let word): word
    case .end: "end of input"
    }
  }
}

/// Splits a query into words.
struct PromLexer {
  private let characters: [Character]
  private var place = 0
  private var isInBrackets = false

  static func tokens(_ text: String) throws(Diagnostic) -> [PromToken] {
    var lexer = PromLexer(characters: Array(text))
    var tokens: [PromToken] = []
    while true {
      let token = try lexer.next()
      tokens.append(token)
      if token.content == .end { return tokens }
    }
  }

  private init(characters: [Character]) { self.characters = characters }

  private var peek: Character? { place < characters.count ? characters[place] : nil }

  private func peek(_ ahead: Int) -> Character? {
    place + ahead < characters.count ? characters[place + ahead] : nil
  }

  private mutating func next() throws(Diagnostic) -> PromToken {
    skipSpace()
    let column = place + 1
    guard let first = peek else { return PromToken(content: .end, column: column) }
    if first.isASCIIDigit || first == "." && (peek(1)?.isASCIIDigit ?? false) {
      return PromToken(content: try number(), column: column)
    }
    if first.isWordStart || first == ":" && !isInBrackets {
      return PromToken(content: .word(word()), column: column)
    }
    if first == "\"" || first == "'" || first == "`" {
      return PromToken(content: .text(try quoted()), column: column)
    }
    for length in [2, 1] where place + length <= characters.count {
      let sign = String(characters[place..<place + length])
      guard Self.signs.contains(sign) else { continue }
      place += length
      if sign == "[" { isInBrackets = true }
      if sign == "]" { isInBrackets = false }
      return PromToken(content: .sign(sign), column: column)
    }
    throw Diagnostic("unexpected character: '\(first)'", column: column, found: String(first))
  }

  private static let signs = [
    "==", "!=", ">=", "<=", "=~", "!~", "+", "-", "*", "/", "%", "^", "=", ">", "<", "(", ")", "{",
    "}", "[", "]", ",", "@", ":",
  ]

  private mutating func skipSpace() {
    while let character = peek {
      if character == "#" {
        while let next = peek, !next.isNewline { place += 1 }
      } else if character.isWhitespace {
        place += 1
      } else {
        return
      }
    }
  }

  private mutating func word() -> String {
    let start = place
    while let character = peek,
      character.isWordStart || character.isASCIIDigit || character == ":" && !isInBrackets
    {
      place += 1
    }
    return String(characters[start..<place])
  }

  private mutating func number() throws(Diagnostic) -> PromToken.Content {
    let start = place
    while let character = peek {
      let isExponentSign =
        (character == "+" || character == "-") && place > start
        && (characters[place - 1] == "e" || characters[place - 1] == "E")
        && !(start + 1 < place && characters[start + 1] == "x")
      guard character.isASCIIDigit || character.isWordStart || character == "." || isExponentSign
      else { break }
      place += 1
    }
    let text = String(characters[start..<place])
    if let span = PromDuration.milliseconds(text) { return .duration(span) }
    if text.hasPrefix("0x") || text.hasPrefix("0X"), let value = Int(text.dropFirst(2), radix: 16) {
      return .number(Double(value))
    }
    // A whole number that begins with 0 is octal where it can be, as in Go.
    if text.count > 1, text.first == "0", let value = Int(text, radix: 8) {
      return .number(Double(value))
    }
    guard let value = GoText.number(text) else {
      throw Diagnostic(
        "bad number or duration syntax: \(GoText.quoted(text))", column: start + 1, found: text)
    }
    return .number(value)
  }

  private mutating func quoted() throws(Diagnostic) -> String {
    let start = place
    let mark = characters[place]
    place += 1
    // Bytes, since an escape may stand for a part of a character.
    var text: [UInt8] = []
    while let character = peek, character != mark {
      place += 1
      if character == "\\", mark != "`" {
        text += try escaped(mark)
      } else {
        text += Array(String(character).utf8)
      }
    }
    guard peek != nil else { throw Diagnostic("unterminated quoted string", column: start + 1) }
    place += 1
    return String(decoding: text, as: UTF8.self)
  }

  private static let plainEscapes: [Character: UInt8] = [
    "a": 7, "b": 8, "f": 12, "n": 10, "r": 13, "t": 9, "v": 11, "\\": 92,
  ]

  /// The bytes that the escape after a backslash stands for.
  private mutating func escaped(_ mark: Character) throws(Diagnostic) -> [UInt8] {
    guard let first = peek else {
      throw Diagnostic("escape sequence not terminated", column: place)
    }
    place += 1
    if let byte = Self.plainEscapes[first] { return [byte] }
    if first == mark { return Array(String(mark).utf8) }
    switch first {
    case "x": return [UInt8(truncatingIfNeeded: try code(digits: 2, radix: 16, upTo: 255))]
    case "u": return try bytes(of: try code(digits: 4, radix: 16, upTo: 0x10ffff))
    case "U": return try bytes(of: try code(digits: 8, radix: 16, upTo: 0x10ffff))
    case "0"..."7":
      place -= 1
      return [UInt8(truncatingIfNeeded: try code(digits: 3, radix: 8, upTo: 255))]
    default:
      throw Diagnostic("unknown escape sequence '\\\(first)'", column: place - 1)
    }
  }

  private mutating func code(
    digits: Int, radix: Int, upTo most: Int
  ) throws(Diagnostic) -> Int {
    let end = place + digits
    guard end <= characters.count, let code = Int(String(characters[place..<end]), radix: radix),
      code >= 0, code <= most
    else {
      throw Diagnostic(
        "escape sequence is an invalid Unicode code point", column: place,
        expected: "\(digits) digits to the base \(radix)")
    }
    place = end
    return code
  }

  private func bytes(of code: Int) throws(Diagnostic) -> [UInt8] {
    guard let scalar = Unicode.Scalar(UInt32(code)) else {
      throw Diagnostic("escape sequence is an invalid Unicode code point", column: place)
    }
    return Array(String(Character(scalar)).utf8)
  }
}

extension Character {
  fileprivate var isASCIIDigit: Bool { self >= "0" && self <= "9" }
  fileprivate var isWordStart: Bool {
    self >= "a" && self <= "z" || self >= "A" && self <= "Z" || self == "_"
  }
}

/// Spans as queries and rules write them: `5m`, `1h30m`, `250ms`.
public enum PromDuration {
  private static let units: [(name: String, size: Int64)] = [
    ("y", 31_536_000_000), ("w", 604_800_000), ("d", 86_400_000), ("h", 3_600_000),
    ("m", 60_000), ("s", 1_000), ("ms", 1),
  ]

  private static let longest: Int64 = 9_223_372_036_854

  /// The milliseconds that `text` names; units must come from the largest to the smallest.
  public static func milliseconds(_ text: String) -> Int64? {
    if text == "0" { return nil }
    var total: Int64 = 0
    var rest = Substring(text)
    var next = 0
    while !rest.isEmpty {
      let digits = rest.prefix { $0 >= "0" && $0 <= "9" }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0 >= "a" && $0 <= "z" }
      rest = rest.dropFirst(unit.count)
      guard let count = Int64(digits), count < 1_000_000_000_000,
        let place = units.indices.first(where: { $0 >= next && units[$0].name == unit })
      else { return nil }
      let (part, isOver) = count.multipliedReportingOverflow(by: units[place].size)
      // A little over 292 years is the longest span that there is, as in Go.
      guard !isOver, part <= longest - total else { return nil }
      total += part
      next = place + 1
    }
    return next == 0 ? nil : total
  }

  /// The span as Prometheus writes it.
  public static func text(_ milliseconds: Int64) -> String {
    guard milliseconds != 0 else { return "0s" }
    var text = milliseconds < 0 ? "-" : ""
    var rest = abs(milliseconds)
    for (name, size) in units where rest >= size {
      if ["y", "w", "d"].contains(name), rest % size != 0 { continue }
      text += "\(rest / size)\(name)"
      rest %= size
    }
    return text
  }
}
