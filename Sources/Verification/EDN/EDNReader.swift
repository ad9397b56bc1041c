import Kernel

/// Reads EDN text into values that know their places.
public struct EDNReader {
  private var text: EDNText
  private var depth = 0

  /// The deepest nesting that is read.
  private static let deepest = 100

  /// Every value of `text`, in order; a complaint names the place of what is wrong.
  public static func read(_ text: String) throws(Diagnostic) -> [EDNElement] {
    var reader = EDNReader(text: EDNText(text))
    var elements: [EDNElement] = []
    while let element = try reader.next(closing: nil) { elements.append(element) }
    return elements
  }

  private init(text: EDNText) { self.text = text }

  /// The next value, or nil when the text or the collection that ends with `closing` is over.
  private mutating func next(
    closing: (bracket: UInt8, opened: EDNPlace)?
  ) throws(Diagnostic) -> EDNElement? {
    while true {
      text.skipBlanks()
      let place = text.place
      guard let byte = text.peek else {
        guard let closing else { return nil }
        throw Diagnostic(
          "The text ends inside a collection.", line: closing.opened.line,
          column: closing.opened.column, expected: "'\(character(closing.bracket))' to close it")
      }
      switch byte {
      case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"):
        text.advance()
        if byte == closing?.bracket { return nil }
        throw Diagnostic(
          "This bracket closes nothing that is open.", line: place.line, column: place.column,
          found: String(character(byte)),
          expected: closing.map { "'\(character($0.bracket))'" } ?? "a value")
      case UInt8(ascii: "#"):
        if let element = try dispatched(at: place) { return element }
      default:
        return element(try value(at: place), place)
      }
    }
  }

  /// What begins with `#`; nil when it is to be skipped.
  private mutating func dispatched(at place: EDNPlace) throws(Diagnostic) -> EDNElement? {
    text.advance()
    switch text.peek {
    case UInt8(ascii: "{"):
      text.advance()
      return element(.set(try collection(UInt8(ascii: "}"), at: place)), place)
    case UInt8(ascii: "_"):
      text.advance()
      _ = try required("a value to leave out after '#_'", at: place)
      return nil
    default:
      let tag = text.atom()
      guard !tag.isEmpty else {
        throw Diagnostic(
          "A '#' must be followed by a tag, '{' or '_'.", line: place.line, column: place.column,
          found: "#", expected: "a tag, as in '#inst', or '#{' for a set")
      }
      return try required("a value after the tag '#\(tag)'", at: place)
    }
  }

  private mutating func required(
    _ expected: String, at place: EDNPlace
  ) throws(Diagnostic) -> EDNElement {
    try deeper(at: place)
    defer { depth -= 1 }
    text.skipBlanks()
    let isClosing = [")", "]", "}"].contains { text.peek == UInt8(ascii: $0) }
    if !isClosing, let element = try next(closing: nil) { return element }
    throw Diagnostic(
      "Something is missing here.", line: place.line, column: place.column, expected: expected)
  }

  private mutating func value(at place: EDNPlace) throws(Diagnostic) -> EDNValue {
    switch text.peek {
    case UInt8(ascii: "["):
      text.advance()
      return .vector(try collection(UInt8(ascii: "]"), at: place))
    case UInt8(ascii: "("):
      text.advance()
      return .list(try collection(UInt8(ascii: ")"), at: place))
    case UInt8(ascii: "{"):
      text.advance()
      let parts = try collection(UInt8(ascii: "}"), at: place)
      guard parts.count.isMultiple(of: 2) else {
        throw Diagnostic(
          "A map needs a value for every key.", line: place.line, column: place.column,
          found: "\(parts.count) values", expected: "an even number of values")
      }
      return .map(parts)
    case UInt8(ascii: "\""): return .string(try text.string())
    case UInt8(ascii: "\\"):
      text.advance()
      return .symbol("\\" + text.character())
    default: return try atom(at: place)
    }
  }

  private mutating func collection(
    _ bracket: UInt8, at place: EDNPlace
  ) throws(Diagnostic) -> [EDNElement] {
    try deeper(at: place)
    defer { depth -= 1 }
    var elements: [EDNElement] = []
    while let element = try next(closing: (bracket, place)) { elements.append(element) }
    return elements
  }

  private mutating func deeper(at place: EDNPlace) throws(Diagnostic) {
    depth += 1
    guard depth <= Self.deepest else {
      throw Diagnostic(
        "The values are nested too deeply.", line: place.line, column: place.column,
        expected: "at most \(Self.deepest) levels")
    }
  }

  private mutating func atom(at place: EDNPlace) throws(Diagnostic) -> EDNValue {
    let word = text.atom()
    switch word {
    case "nil": return .null
    case "true": return .boolean(true)
    case "false": return .boolean(false)
    default: break
    }
    if word.hasPrefix(":") {
      if word.count > 1 { return .keyword(String(word.dropFirst())) }
      throw Diagnostic(
        "A keyword needs a name.", line: place.line, column: place.column, found: word,
        expected: "a name after the colon, as in ':ok'")
    }
    // An `N` marks a number of any size.
    let digits = word.hasSuffix("N") ? String(word.dropLast()) : word
    if let number = Int(digits) { return .integer(number) }
    let isNumber = digits.drop { "+-".contains($0) }.allSatisfy { ("0"..."9").contains($0) }
    guard word.isEmpty || isNumber else { return .symbol(word) }
    throw Diagnostic(
      word.isEmpty ? "This is not the beginning of a value." : "This number is too large.",
      line: place.line, column: place.column,
      found: word.isEmpty ? text.character() : word,
      expected: word.isEmpty ? "a value" : "a whole number of at most 64 bits")
  }

  private func element(_ value: EDNValue, _ place: EDNPlace) -> EDNElement {
    EDNElement(value: value, line: place.line, column: place.column)
  }

  private func character(_ byte: UInt8) -> Character { Character(UnicodeScalar(byte)) }
}
