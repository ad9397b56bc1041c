/// Splits a statement of SQL into words, numbers, texts and signs.
struct SQLTokens {
  struct Unreadable: Error, CustomStringConvertible {
    let description: String
  }

  enum Token: Hashable {
    case word(String)
    case number(Int)
    case text(String)
    case sign(String)
  }

  let statement: String
  private var tokens: [Token] = []
  private var place = 0

  init(_ statement: String) throws {
    self.statement = statement
    var rest = Substring(statement)
    while let first = rest.first {
      if first.isWhitespace || first == ";" {
        rest.removeFirst()
      } else if first.isLetter || first == "_" || first == "\"" {
        let word = rest.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "\"" }
        tokens.append(.word(word.filter { $0 != "\"" }.lowercased()))
        rest.removeFirst(word.count)
      } else if first.isNumber {
        let digits = rest.prefix(while: \.isNumber)
        guard let number = Int(digits) else { throw Self.unreadable("a number", statement) }
        tokens.append(.number(number))
        rest.removeFirst(digits.count)
      } else if first == "'" {
        let text = rest.dropFirst().prefix { $0 != "'" }
        tokens.append(.text(String(text)))
        rest = rest.dropFirst(text.count + 2)
      } else {
        let sign = Self.signs.first { rest.hasPrefix($0) } ?? String(first)
        tokens.append(.sign(sign))
        rest.removeFirst(sign.count)
      }
    }
  }

  private static let signs = ["<=", ">=", "<>", "!=", "::", "||"]

  static func unreadable(_ expected: String, _ statement: String) -> Unreadable {
    Unreadable(description: "expected \(expected) in: \(statement)")
  }

  func unreadable(_ expected: String) -> Unreadable {
    Self.unreadable("\(expected) at token \(place + 1)", statement)
  }

  var next: Token? { place < tokens.count ? tokens[place] : nil }
  var isAtEnd: Bool { next == nil }

  mutating func skip() { place += 1 }

  /// Whether the next tokens are these words; takes them if so.
  mutating func take(_ words: String...) -> Bool {
    guard tokens[place...].starts(with: words.map { .word($0) }) else { return false }
    place += words.count
    return true
  }

  mutating func take(sign: String) -> Bool {
    guard next == .sign(sign) else { return false }
    place += 1
    return true
  }

  mutating func expect(_ words: String...) throws {
    for word in words where !take(word) { throw unreadable(word.uppercased()) }
  }

  mutating func expect(sign: String) throws {
    if !take(sign: sign) { throw unreadable("'\(sign)'") }
  }

  mutating func name() throws -> String {
    guard case .word(let name) = next else { throw unreadable("a name") }
    place += 1
    return name
  }

  mutating func number() throws -> Int {
    guard case .number(let number) = next else { throw unreadable("a number") }
    place += 1
    return number
  }
}
