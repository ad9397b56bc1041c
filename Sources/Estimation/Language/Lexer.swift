import Kernel

/// Cuts a source text into tokens.
///
/// Magnitude suffixes belong to the number (`2M`, `3.5k`), so that no precedence can tear them off;
/// a number followed by more letters keeps them for the unit (`2MB`).
struct Lexer {
  private let source: SourceText
  private var place = 0
  private var tokens: [Token] = []

  /// The tokens of `source`, the last one `end`.
  static func tokens(of source: SourceText) -> [Token] {
    var lexer = Lexer(source: source)
    lexer.tokens.reserveCapacity(source.bytes.count / 3 + 2)
    while lexer.readNext() {}
    return lexer.tokens
  }

  private init(source: SourceText) { self.source = source }

  private func byte(_ offset: Int = 0) -> UInt8 {
    place + offset < source.bytes.count ? source.bytes[place + offset] : 0
  }

  private mutating func readNext() -> Bool {
    skipSpace()
    guard place < source.bytes.count else {
      tokens.append(Token(kind: .end, range: SourceRange(place, place)))
      return false
    }
    let first = byte()
    if first == UInt8(ascii: "#") {
      while place < source.bytes.count, byte() != 10 { place += 1 }
    } else if Self.isDigit(first) || first == UInt8(ascii: ".") && Self.isDigit(byte(1)) {
      readNumber()
    } else if Self.isLetter(first) || isMicro {
      readWord()
    } else {
      readSign(first)
    }
    return true
  }

  private mutating func add(_ kind: Token.Kind, from start: Int) {
    tokens.append(Token(kind: kind, range: SourceRange(start, place)))
  }

  /// Spaces, tabs, carriage returns, the space that does not break lines, and the mark that some
  /// editors put before a file.
  private mutating func skipSpace() {
    while true {
      switch byte() {
      case UInt8(ascii: " "), UInt8(ascii: "\t"), 13: place += 1
      case 0xC2 where byte(1) == 0xA0: place += 2
      case 0xEF where byte(1) == 0xBB && byte(2) == 0xBF: place += 3
      default: return
      }
    }
  }

  /// Whether a µ (of either kind) stands here, as in `µs`.
  private var isMicro: Bool {
    byte() == 0xC2 && byte(1) == 0xB5 || byte() == 0xCE && byte(1) == 0xBC
  }

  private mutating func readWord() {
    let start = place
    if isMicro { place += 2 }
    while Self.isLetter(byte()) || Self.isDigit(byte()) { place += 1 }
    add(.word, from: start)
  }

  // MARK: Numbers

  private mutating func readNumber() {
    let start = place
    skipDigits()
    if place - start <= 3, isThousandsGroup { skipThousands() }
    if byte() == UInt8(ascii: "."), Self.isDigit(byte(1)) {
      place += 1
      skipDigits()
    }
    if byte() | 32 == UInt8(ascii: "e") {
      let isSigned = byte(1) == UInt8(ascii: "+") || byte(1) == UInt8(ascii: "-")
      if Self.isDigit(byte(isSigned ? 2 : 1)) {
        place += isSigned ? 2 : 1
        skipDigits()
      }
    }
    let digits = place
    if byte() == UInt8(ascii: "."), Self.isDigit(byte(1)) || byte(1) == UInt8(ascii: ".") {
      while byte() == UInt8(ascii: ".") || Self.isDigit(byte()) { place += 1 }
      return add(.broken(.brokenNumber), from: start)
    }
    guard var value = Self.value(source.bytes[start..<digits]) else {
      return add(.broken(.brokenNumber), from: start)
    }
    if !Self.isLetter(byte(1)), !Self.isDigit(byte(1)), let scale = Self.scale(of: byte()) {
      value *= scale
      place += 1
    }
    add(value.isFinite ? .number(value) : .broken(.numberTooLarge), from: start)
  }

  private mutating func skipDigits() {
    while Self.isDigit(byte()) || byte() == UInt8(ascii: "_") && Self.isDigit(byte(1)) {
      place += 1
    }
  }

  /// Takes the groups of `1,000,000`; the parser refuses them within parentheses, since whether the
  /// comma groups digits or parts arguments cannot be told there.
  private mutating func skipThousands() {
    while isThousandsGroup { place += 4 }
  }

  private var isThousandsGroup: Bool {
    byte() == UInt8(ascii: ",") && (1...3).allSatisfy { Self.isDigit(byte($0)) }
      && !Self.isDigit(byte(4))
  }

  /// The value of digits with a point and an exponent; small whole numbers without the library.
  private static func value(_ digits: ArraySlice<UInt8>) -> Double? {
    var whole = 0.0
    for (count, digit) in digits.enumerated() {
      guard isDigit(digit), count < 15 else {
        let kept = digits.filter { $0 != UInt8(ascii: "_") && $0 != UInt8(ascii: ",") }
        return Double(String(decoding: kept, as: UTF8.self))
      }
      whole = whole * 10 + Double(digit - 48)
    }
    return whole
  }

  private static func scale(of suffix: UInt8) -> Double? {
    switch suffix {
    case UInt8(ascii: "k"), UInt8(ascii: "K"): 1e3
    case UInt8(ascii: "M"): 1e6
    case UInt8(ascii: "G"): 1e9
    case UInt8(ascii: "T"): 1e12
    case UInt8(ascii: "P"): 1e15
    default: nil
    }
  }

  // MARK: Signs

  private mutating func readSign(_ first: UInt8) {
    let start = place
    let (kind, length) = sign(first)
    place = min(place + length, source.bytes.count)
    guard let kind else {
      return add(.broken(.unknownSign(source.text(SourceRange(start, place)))), from: start)
    }
    add(kind, from: start)
  }

  private func sign(_ first: UInt8) -> (Token.Kind?, Int) {
    switch first {
    case UInt8(ascii: "+"): (.plus, 1)
    case UInt8(ascii: "-"): byte(1) == UInt8(ascii: ">") ? (.arrow, 2) : (.minus, 1)
    case UInt8(ascii: "*"): (.times, 1)
    case UInt8(ascii: "/"): (.over, 1)
    case UInt8(ascii: "^"): (.caret, 1)
    case UInt8(ascii: "%"): (.percent, 1)
    case UInt8(ascii: "$"): (.dollar, 1)
    case UInt8(ascii: "?"): (.hole, 1)
    case UInt8(ascii: "("): (.open, 1)
    case UInt8(ascii: ")"): (.close, 1)
    case UInt8(ascii: ","): (.comma, 1)
    case UInt8(ascii: ":"): (.colon, 1)
    case UInt8(ascii: "="): (.equals, 1)
    case UInt8(ascii: "<"): byte(1) == UInt8(ascii: "=") ? (.atMost, 2) : (.less, 1)
    case UInt8(ascii: ">"): byte(1) == UInt8(ascii: "=") ? (.atLeast, 2) : (.greater, 1)
    case UInt8(ascii: ";"), 10: (.separator, 1)
    default: foreignSign()
    }
  }

  /// Signs that people paste out of documents: × · ÷ − → ≤ ≥.
  private func foreignSign() -> (Token.Kind?, Int) {
    let (two, three) = (byte(1), byte(2))
    switch (byte(), two, three) {
    case (0xC3, 0x97, _), (0xC2, 0xB7, _): return (.times, 2)
    case (0xC3, 0xB7, _): return (.over, 2)
    case (0xE2, 0x88, 0x92): return (.minus, 3)
    case (0xE2, 0x86, 0x92): return (.arrow, 3)
    case (0xE2, 0x89, 0xA4): return (.atMost, 3)
    case (0xE2, 0x89, 0xA5): return (.atLeast, 3)
    default: return (nil, max(1, Self.length(of: byte())))
    }
  }

  private static func length(of first: UInt8) -> Int {
    first < 0x80 ? 1 : first >= 0xF0 ? 4 : first >= 0xE0 ? 3 : 2
  }

  static func isDigit(_ byte: UInt8) -> Bool { byte &- 48 < 10 }

  /// A letter of a word: the ASCII letters and the underscore.
  private static func isLetter(_ byte: UInt8) -> Bool {
    (byte | 32) &- 97 < 26 || byte == UInt8(ascii: "_")
  }
}
