/// A JSON value as it was read, with its place in the text.
public struct JSONNode: Sendable {
  /// What it is, with the nodes that it is made of.
  public enum Kind: Sendable {
    /// Nothing.
    case null
    /// True or false.
    case boolean(Bool)
    /// A whole number.
    case integer(Int)
    /// Any other number.
    case number(Double)
    /// Text.
    case text(String)
    /// Values in order.
    case list([JSONNode])
    /// Named values in order.
    case object([(name: JSONName, value: JSONNode)])
  }

  /// What it is.
  public let kind: Kind
  /// Bytes from the start of the text.
  public let offset: Int

  /// The value without its places.
  public var value: JSON {
    switch kind {
    case .null: .null
    case .boolean(let value): .boolean(value)
    case .integer(let value): .integer(value)
    case .number(let value): .number(value)
    case .text(let value): .text(value)
    case .list(let items): .list(items.map(\.value))
    case .object(let members): .object(members.map { JSON.Member($0.name.text, $0.value.value) })
    }
  }
}

/// The name of an object's member, with its place in the text.
public struct JSONName: Sendable {
  /// The name.
  public let text: String
  /// Bytes from the start of the text.
  public let offset: Int
}

/// A text with what is needed to name a place in it.
public struct JSONSource: Sendable {
  /// The file that it came from, if it came from one.
  public let file: String?
  /// The text.
  public let bytes: [UInt8]

  /// A text that came from `file`.
  public init(file: String?, bytes: [UInt8]) {
    self.file = file
    self.bytes = bytes
  }

  /// A complaint about what stands `offset` bytes into the text.
  public func complaint(
    _ message: String, at offset: Int, found: String? = nil, expected: String? = nil,
    suggestion: String? = nil
  ) -> Diagnostic {
    let before = bytes[..<min(offset, bytes.count)]
    let newline = UInt8(ascii: "\n")
    let line = before.reduce(1) { $1 == newline ? $0 + 1 : $0 }
    let start = before.lastIndex(of: newline).map { $0 + 1 } ?? 0
    let column = String(decoding: bytes[start..<before.endIndex], as: UTF8.self).count + 1
    return Diagnostic(
      message, file: file, line: line, column: column, found: found, expected: expected,
      suggestion: suggestion)
  }
}

/// Reads JSON text (RFC 8259) into nodes that know their place.
///
/// Stricter than many: no repeated member names, no text after the value, no nesting deeper than
/// `deepest`. Written for this project because a refusal must name line and column.
public struct JSONReader {
  private let source: JSONSource
  private var next = 0
  private var depth = 0

  /// The deepest nesting that is read.
  public static let deepest = 64

  /// Reads the whole text.
  public static func read(_ source: JSONSource) throws(Diagnostic) -> JSONNode {
    var reader = JSONReader(source: source)
    let root = try reader.value()
    reader.skipSpace()
    guard reader.next == source.bytes.count else {
      throw reader.unexpected("the end of the text")
    }
    return root
  }

  private init(source: JSONSource) { self.source = source }

  private var byte: UInt8? { next < source.bytes.count ? source.bytes[next] : nil }

  private mutating func skipSpace() {
    while let byte, byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09 { next += 1 }
  }

  private mutating func takes(_ character: Unicode.Scalar) -> Bool {
    guard let byte, byte == UInt8(ascii: character) else { return false }
    next += 1
    return true
  }

  private mutating func value() throws(Diagnostic) -> JSONNode {
    skipSpace()
    let start = next
    guard let byte else { throw unexpected("a value") }
    let kind: JSONNode.Kind
    switch Unicode.Scalar(byte) {
    case "{": kind = .object(try members())
    case "[": kind = .list(try items())
    case "\"": kind = .text(try text())
    case "t": kind = try word("true", .boolean(true))
    case "f": kind = try word("false", .boolean(false))
    case "n": kind = try word("null", .null)
    case "-", "0"..."9": kind = try number()
    default: throw unexpected("a value")
    }
    return JSONNode(kind: kind, offset: start)
  }

  private mutating func members() throws(Diagnostic) -> [(name: JSONName, value: JSONNode)] {
    try descend()
    defer { depth -= 1 }
    var members: [(name: JSONName, value: JSONNode)] = []
    var names: Set<String> = []
    skipSpace()
    if takes("}") { return members }
    repeat {
      skipSpace()
      let start = next
      guard byte == UInt8(ascii: "\"") else { throw unexpected("a member's name in quotes") }
      let name = try text()
      guard names.insert(name).inserted else {
        throw source.complaint("The member '\(name)' stands here twice.", at: start, found: name)
      }
      skipSpace()
      guard takes(":") else { throw unexpected("':' after the name '\(name)'") }
      members.append((JSONName(text: name, offset: start), try value()))
      skipSpace()
    } while takes(",")
    guard takes("}") else { throw unexpected("',' or '}'") }
    return members
  }

  private mutating func items() throws(Diagnostic) -> [JSONNode] {
    try descend()
    defer { depth -= 1 }
    var items: [JSONNode] = []
    skipSpace()
    if takes("]") { return items }
    repeat {
      items.append(try value())
      skipSpace()
    } while takes(",")
    guard takes("]") else { throw unexpected("',' or ']'") }
    return items
  }

  private mutating func descend() throws(Diagnostic) {
    next += 1
    depth += 1
    guard depth <= Self.deepest else {
      throw source.complaint(
        "Values are nested too deeply here.", at: next - 1,
        expected: "at most \(Self.deepest) levels")
    }
  }

  private mutating func word(
    _ word: String, _ kind: JSONNode.Kind
  ) throws(Diagnostic) -> JSONNode.Kind {
    guard source.bytes[next...].starts(with: word.utf8) else { throw unexpected("a value") }
    next += word.utf8.count
    return kind
  }

  private mutating func number() throws(Diagnostic) -> JSONNode.Kind {
    let start = next
    _ = takes("-")
    let first = byte
    let whole = digits()
    guard whole > 0, whole == 1 || first != UInt8(ascii: "0") else {
      throw source.complaint("This is no JSON number.", at: start, expected: "digits")
    }
    var isWhole = true
    if takes(".") {
      isWhole = false
      guard digits() > 0 else { throw unexpected("digits after the point") }
    }
    if takes("e") || takes("E") {
      isWhole = false
      if !takes("+") { _ = takes("-") }
      guard digits() > 0 else { throw unexpected("digits of the exponent") }
    }
    let literal = String(decoding: source.bytes[start..<next], as: UTF8.self)
    if isWhole, let integer = Int(literal) { return .integer(integer) }
    guard let value = Double(literal), value.isFinite else {
      throw source.complaint("The number is too large.", at: start, found: literal)
    }
    return .number(value)
  }

  private mutating func digits() -> Int {
    let start = next
    while let byte, (0x30...0x39).contains(byte) { next += 1 }
    return next - start
  }

  private func unexpected(_ expected: String) -> Diagnostic {
    guard next < source.bytes.count else {
      return source.complaint("The text ends too early.", at: next, expected: expected)
    }
    let rest = String(decoding: source.bytes[next...].prefix(4), as: UTF8.self)
    let found = rest.first.map(Self.printable) ?? ""
    return source.complaint(
      "\(found) does not belong here.", at: next, found: found, expected: expected)
  }

  private static func printable(_ character: Character) -> String {
    let isControl = character.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7f }
    return isControl ? "A control character" : "'\(character)'"
  }
}

extension JSONReader {
  /// Reads a quoted text from the opening quote on.
  private mutating func text() throws(Diagnostic) -> String {
    let start = next
    next += 1
    var bytes: [UInt8] = []
    while let byte {
      switch Unicode.Scalar(byte) {
      case "\"":
        next += 1
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw source.complaint("This text is no UTF-8.", at: start)
        }
        return text
      case "\\":
        bytes += String(try escape()).utf8
      default:
        guard byte >= 0x20 else { throw unexpected("an escape such as \\n, or the closing quote") }
        bytes.append(byte)
        next += 1
      }
    }
    throw source.complaint("This text is never closed.", at: start, expected: "a closing quote")
  }

  private mutating func escape() throws(Diagnostic) -> Unicode.Scalar {
    let start = next
    next += 1
    guard let byte else { throw unexpected("an escape") }
    next += 1
    switch Unicode.Scalar(byte) {
    case "\"": return "\""
    case "\\": return "\\"
    case "/": return "/"
    case "b": return "\u{8}"
    case "f": return "\u{c}"
    case "n": return "\n"
    case "r": return "\r"
    case "t": return "\t"
    case "u": break
    default:
      throw source.complaint("There is no such escape.", at: start, expected: "\\n, \\u00e9 …")
    }
    let unit = hexUnit()
    if let unit, (0xd800..<0xdc00).contains(unit), takes("\\"), takes("u"), let low = hexUnit(),
      (0xdc00..<0xe000).contains(low)
    {
      let value = 0x10000 + ((unit - 0xd800) << 10) + (low - 0xdc00)
      if let scalar = Unicode.Scalar(value) { return scalar }
    } else if let unit, let scalar = Unicode.Scalar(unit) {
      return scalar
    }
    throw source.complaint("This escape names no character.", at: start)
  }

  private mutating func hexUnit() -> UInt32? {
    guard next + 4 <= source.bytes.count else { return nil }
    var unit: UInt32 = 0
    for byte in source.bytes[next..<next + 4] {
      guard let digit = Character(Unicode.Scalar(byte)).hexDigitValue else { return nil }
      unit = unit << 4 | UInt32(digit)
    }
    next += 4
    return unit
  }
}
