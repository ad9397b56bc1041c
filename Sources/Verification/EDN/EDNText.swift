import Kernel

/// A place in a text, both from 1.
struct EDNPlace {
  let line: Int
  let column: Int
}

/// The text under an `EDNReader`: bytes, and the line and column of the next one.
struct EDNText {
  private let bytes: [UInt8]
  private var position = 0
  private(set) var place = EDNPlace(line: 1, column: 1)

  init(_ text: String) { bytes = Array(text.utf8) }

  /// The next byte.
  var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

  mutating func advance() {
    guard position < bytes.count else { return }
    position += 1
    if bytes[position - 1] == UInt8(ascii: "\n") {
      place = EDNPlace(line: place.line + 1, column: 1)
    } else if position == bytes.count || bytes[position] & 0xc0 != 0x80 {
      // The bytes of one character after its first are 10xxxxxx.
      place = EDNPlace(line: place.line, column: place.column + 1)
    }
  }

  /// Skips spaces, commas and comments.
  mutating func skipBlanks() {
    while let byte = peek {
      switch byte {
      case UInt8(ascii: " "), UInt8(ascii: ","), 9...13: advance()
      case UInt8(ascii: ";"):
        while let byte = peek, byte != UInt8(ascii: "\n") { advance() }
      default: return
      }
    }
  }

  /// Takes everything up to a blank, a bracket, a quotation mark or a comment.
  mutating func atom() -> String {
    let start = position
    while let byte = peek, !Self.endsAtom(byte) { advance() }
    return String(decoding: bytes[start..<position], as: UTF8.self)
  }

  /// Takes one character and the atom that it begins.
  mutating func character() -> String {
    let start = position
    repeat { advance() } while position < bytes.count && bytes[position] & 0xc0 == 0x80
    return String(decoding: bytes[start..<position], as: UTF8.self) + atom()
  }

  /// Takes a string with its quotation marks.
  mutating func string() throws(Diagnostic) -> String {
    let opened = place
    var content: [UInt8] = []
    advance()
    while let byte = peek, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        content += Array(try escaped().utf8)
      } else {
        content.append(byte)
        advance()
      }
    }
    guard peek != nil else {
      throw Diagnostic(
        "The text ends inside a string.", line: opened.line, column: opened.column,
        expected: "'\"' to close it")
    }
    advance()
    return String(decoding: content, as: UTF8.self)
  }

  private mutating func escaped() throws(Diagnostic) -> String {
    let place = self.place
    advance()
    let letter = peek
    advance()
    switch letter {
    case UInt8(ascii: "n"): return "\n"
    case UInt8(ascii: "t"): return "\t"
    case UInt8(ascii: "r"): return "\r"
    case UInt8(ascii: "\\"): return "\\"
    case UInt8(ascii: "\""): return "\""
    case UInt8(ascii: "u"):
      let digits = String(decoding: bytes[position..<min(position + 4, bytes.count)], as: UTF8.self)
      if digits.utf8.count == 4, let code = UInt32(digits, radix: 16),
        let scalar = UnicodeScalar(code)
      {
        for _ in 0..<4 { advance() }
        return String(Character(scalar))
      }
    default: break
    }
    throw Diagnostic(
      "A string does not know this escape.", line: place.line, column: place.column,
      found: "\\" + (letter.map { String(Character(UnicodeScalar($0))) } ?? ""),
      expected: "one of: \\n, \\t, \\r, \\\\, \\\", \\u and four hexadecimal digits")
  }

  private static func endsAtom(_ byte: UInt8) -> Bool {
    switch byte {
    case 9...13, UInt8(ascii: " "), UInt8(ascii: ","), UInt8(ascii: ";"), UInt8(ascii: "\""),
      UInt8(ascii: "("), UInt8(ascii: ")"), UInt8(ascii: "["), UInt8(ascii: "]"),
      UInt8(ascii: "{"), UInt8(ascii: "}"):
      true
    default: false
    }
  }
}
