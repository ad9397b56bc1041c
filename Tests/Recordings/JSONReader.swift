/// Reads JSON; throws where it is none.
package struct JSONReader {
  struct Unreadable: Error {
    let at: Int
    let expected: String
  }

  private let bytes: [UInt8]
  private var place = 0

  package static func read(_ text: String) throws -> JSONText {
    var reader = JSONReader(bytes: Array(text.utf8))
    let value = try reader.value()
    reader.skipSpace()
    guard reader.place == reader.bytes.count else { throw reader.unreadable("the end") }
    return value
  }

  private init(bytes: [UInt8]) { self.bytes = bytes }

  private mutating func value() throws -> JSONText {
    skipSpace()
    switch peek {
    case UInt8(ascii: "{"): return try object()
    case UInt8(ascii: "["): return try list()
    case UInt8(ascii: "\""): return .text(try text())
    default: return try word()
    }
  }

  private mutating func object() throws -> JSONText {
    var members: [JSONText.Member] = []
    try take("{")
    skipSpace()
    while peek != UInt8(ascii: "}") {
      if !members.isEmpty { try take(",") }
      skipSpace()
      let name = try text()
      try take(":")
      members.append(.init(name: name, value: try value()))
      skipSpace()
    }
    try take("}")
    return .object(members)
  }

  private mutating func list() throws -> JSONText {
    var items: [JSONText] = []
    try take("[")
    skipSpace()
    while peek != UInt8(ascii: "]") {
      if !items.isEmpty { try take(",") }
      items.append(try value())
      skipSpace()
    }
    try take("]")
    return .list(items)
  }

  private mutating func text() throws -> String {
    try take("\"")
    var units: [UInt16] = []
    while let byte = peek, byte != UInt8(ascii: "\"") {
      if byte == UInt8(ascii: "\\") {
        place += 1
        units.append(try escaped())
      } else {
        let start = place
        repeat { place += 1 } while peek.map { $0 & 0xC0 == 0x80 } ?? false
        units += Array(String(decoding: bytes[start..<place], as: UTF8.self).utf16)
      }
    }
    try take("\"")
    return String(decoding: units, as: UTF16.self)
  }

  private mutating func escaped() throws -> UInt16 {
    guard let byte = peek else { throw unreadable("an escape") }
    place += 1
    switch byte {
    case UInt8(ascii: "n"): return 10
    case UInt8(ascii: "t"): return 9
    case UInt8(ascii: "r"): return 13
    case UInt8(ascii: "b"): return 8
    case UInt8(ascii: "f"): return 12
    case UInt8(ascii: "u"):
      let digits = String(decoding: bytes[place..<min(place + 4, bytes.count)], as: UTF8.self)
      place += 4
      guard let unit = UInt16(digits, radix: 16) else { throw unreadable("four digits") }
      return unit
    default: return UInt16(byte)
    }
  }

  private mutating func word() throws -> JSONText {
    let start = place
    while let byte = peek, !Self.ends.contains(byte) { place += 1 }
    let word = String(decoding: bytes[start..<place], as: UTF8.self)
    switch word {
    case "null": return .null
    case "true": return .flag(true)
    case "false": return .flag(false)
    default:
      guard Double(word) != nil else { throw unreadable("a value") }
      return .number(word)
    }
  }

  private static let ends = Set(",]} \t\r\n".utf8)

  private var peek: UInt8? { place < bytes.count ? bytes[place] : nil }

  private mutating func skipSpace() {
    while let byte = peek, byte == 32 || byte == 9 || byte == 10 || byte == 13 { place += 1 }
  }

  private mutating func take(_ character: Character) throws {
    skipSpace()
    guard peek == character.asciiValue else { throw unreadable("'\(character)'") }
    place += 1
  }

  private func unreadable(_ expected: String) -> Unreadable {
    Unreadable(at: place, expected: expected)
  }
}
