/// Reads JSON as strictly as a token's reader must: what two readers could understand in two ways is
/// refused.
///
/// Names that come twice, text after the value, numbers with a leading zero, bare control characters,
/// halves of a surrogate pair, bytes that are no UTF-8 and nesting beyond `deepest` are errors.
///
/// Source: RFC 8259; RFC 7515 section 4 (header parameter names must be unique).
public struct JSONParser {
  /// Why a text is no JSON, and where.
  public struct Fault: Error, Sendable, Hashable {
    /// The byte at which it was noticed, counted from 0.
    public let offset: Int
    /// What would have done there.
    public let expected: String
  }

  /// The deepest nesting that is read.
  public static let deepest = 16

  private let bytes: [UInt8]
  private var place = 0
  private var depth = 0

  private init(_ bytes: [UInt8]) { self.bytes = bytes }

  /// The value that `bytes` are, from the first to the last.
  public static func value(of bytes: [UInt8]) throws(Fault) -> JSONValue {
    var parser = JSONParser(bytes)
    parser.skipSpace()
    let value = try parser.value()
    parser.skipSpace()
    guard parser.place == bytes.count else { throw parser.fault("nothing more") }
    return value
  }

  private mutating func value() throws(Fault) -> JSONValue {
    guard depth < Self.deepest else { throw fault("at most \(Self.deepest) levels") }
    depth += 1
    defer { depth -= 1 }
    switch peek {
    case UInt8(ascii: "{"): return .object(try members())
    case UInt8(ascii: "["): return .list(try items())
    case UInt8(ascii: "\""): return .text(try string())
    case UInt8(ascii: "t"): return try word("true", .flag(true))
    case UInt8(ascii: "f"): return try word("false", .flag(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return .number(try number())
    }
  }

  private mutating func members() throws(Fault) -> [JSONValue.Member] {
    var members: [JSONValue.Member] = []
    place += 1
    skipSpace()
    if take("}") { return members }
    while true {
      let start = place
      let name = try string()
      guard !members.contains(where: { $0.name == name }) else {
        throw Fault(offset: start, expected: "a name other than \"\(name)\", which came before")
      }
      skipSpace()
      guard take(":") else { throw fault("':'") }
      skipSpace()
      members.append(JSONValue.Member(name, try value()))
      skipSpace()
      if take("}") { return members }
      guard take(",") else { throw fault("',' or '}'") }
      skipSpace()
    }
  }

  private mutating func items() throws(Fault) -> [JSONValue] {
    var items: [JSONValue] = []
    place += 1
    skipSpace()
    if take("]") { return items }
    while true {
      items.append(try value())
      skipSpace()
      if take("]") { return items }
      guard take(",") else { throw fault("',' or ']'") }
      skipSpace()
    }
  }

  private mutating func string() throws(Fault) -> String {
    guard take("\"") else { throw fault("'\"'") }
    var text = ""
    var start = place
    while let byte = peek {
      switch byte {
      case UInt8(ascii: "\""):
        try append(from: start, to: &text)
        place += 1
        return text
      case UInt8(ascii: "\\"):
        try append(from: start, to: &text)
        place += 1
        text.unicodeScalars.append(try escaped())
        start = place
      case 0..<0x20: throw fault("no bare control character")
      default: place += 1
      }
    }
    throw fault("'\"'")
  }

  private func append(from start: Int, to text: inout String) throws(Fault) {
    guard let part = String(validating: bytes[start..<place], as: UTF8.self) else {
      throw Fault(offset: start, expected: "UTF-8")
    }
    text += part
  }

  private mutating func escaped() throws(Fault) -> Unicode.Scalar {
    guard let byte = peek else { throw fault("an escape") }
    place += 1
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return Unicode.Scalar(byte)
    case UInt8(ascii: "b"): return "\u{8}"
    case UInt8(ascii: "f"): return "\u{c}"
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "u"): return try codePoint()
    default: throw fault("one of \" \\ / b f n r t u after a backslash")
    }
  }

  private mutating func codePoint() throws(Fault) -> Unicode.Scalar {
    let first = try unit()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, take("\\"), take("u") else { throw fault("a whole surrogate pair") }
    let second = try unit()
    guard (0xDC00...0xDFFF).contains(second),
      let scalar = Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00))
    else { throw fault("the second half of a surrogate pair") }
    return scalar
  }

  private mutating func unit() throws(Fault) -> UInt32 {
    var unit: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = peek, let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw fault("four hexadecimal digits")
      }
      unit = unit << 4 | UInt32(digit)
      place += 1
    }
    return unit
  }

  private mutating func word(_ word: String, _ value: JSONValue) throws(Fault) -> JSONValue {
    guard bytes[place...].starts(with: word.utf8) else { throw fault(word) }
    place += word.utf8.count
    return value
  }

  private mutating func number() throws(Fault) -> String {
    let start = place
    _ = take("-")
    guard let first = peek, Self.isDigit(first) else { throw fault("a value") }
    if first == UInt8(ascii: "0") { place += 1 } else { digits() }
    if take(".") { try someDigits() }
    if take("e") || take("E") {
      if !take("-") { _ = take("+") }
      try someDigits()
    }
    return String(decoding: bytes[start..<place], as: UTF8.self)
  }

  private mutating func digits() { while let byte = peek, Self.isDigit(byte) { place += 1 } }

  private mutating func someDigits() throws(Fault) {
    guard let byte = peek, Self.isDigit(byte) else { throw fault("a digit") }
    digits()
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func take(_ character: Unicode.Scalar) -> Bool {
    guard peek == UInt8(ascii: character) else { return false }
    place += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { place += 1 }
  }

  private func fault(_ expected: String) -> Fault { Fault(offset: place, expected: expected) }
}
