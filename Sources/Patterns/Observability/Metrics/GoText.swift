/// Numbers and texts as the tools written in Go print and read them.
public enum GoText {
  /// The shortest digits that read back as `value`, and the exponent of ten of the first one.
  private static func digits(_ value: Double) -> (digits: [UInt8], exponent: Int) {
    var digits: [UInt8] = []
    var exponent = 0
    var point: Int?
    var isExponent = false
    var written = ""
    for byte in "\(value.magnitude)".utf8 {
      if isExponent {
        written.append(Character(UnicodeScalar(byte)))
      } else if byte == UInt8(ascii: "e") {
        isExponent = true
      } else if byte == UInt8(ascii: ".") {
        point = digits.count
      } else {
        digits.append(byte)
      }
    }
    exponent = (point ?? digits.count) - 1 + (Int(written) ?? 0)
    while digits.count > 1, digits.first == UInt8(ascii: "0") {
      digits.removeFirst()
      exponent -= 1
    }
    while digits.count > 1, digits.last == UInt8(ascii: "0") { digits.removeLast() }
    if digits == [UInt8(ascii: "0")] { exponent = 0 }
    return (digits, exponent)
  }

  private static func special(_ value: Double) -> String? {
    value.isNaN ? "NaN" : value == .infinity ? "+Inf" : value == -.infinity ? "-Inf" : nil
  }

  private static func text(_ digits: some Sequence<UInt8>) -> String {
    String(decoding: Array(digits), as: UTF8.self)
  }

  /// `value` with one digit before the point and an exponent, as `%E` of the shortest form.
  public static func scientific(_ value: Double, letter: String = "E") -> String {
    if let special = special(value) { return special }
    let (all, exponent) = digits(value)
    let size = String(abs(exponent))
    return (value.sign == .minus ? "-" : "") + text(all.prefix(1))
      + (all.count > 1 ? "." + text(all.dropFirst()) : "") + letter
      + (exponent < 0 ? "-" : "+") + (size.count < 2 ? "0" + size : size)
  }

  /// `value` without an exponent, in its shortest form.
  public static func plain(_ value: Double) -> String {
    if let special = special(value) { return special }
    let (all, exponent) = digits(value)
    let sign = value.sign == .minus ? "-" : ""
    if exponent < 0 {
      return sign + "0." + String(repeating: "0", count: -exponent - 1) + text(all)
    }
    let whole = all.prefix(exponent + 1)
    let zeros = String(repeating: "0", count: exponent + 1 - whole.count)
    let rest = all.dropFirst(exponent + 1)
    return sign + text(whole) + zeros + (rest.isEmpty ? "" : "." + text(rest))
  }

  /// `value` in its shortest form, with an exponent only where it is far from 1, as in JSON.
  public static func general(_ value: Double) -> String {
    if let special = special(value) { return special }
    let exponent = digits(value).exponent
    return exponent < -4 || exponent >= 21 ? scientific(value, letter: "e") : plain(value)
  }

  /// The number that `text` is to Go's `ParseFloat`; nil for hexadecimals, underscores and numbers
  /// that no double holds.
  public static func number(_ text: String) -> Double? {
    var rest = Substring(text)
    var isNegative = false
    if let sign = rest.first, sign == "+" || sign == "-" {
      isNegative = sign == "-"
      rest.removeFirst()
    }
    let word = rest.lowercased()
    if word == "inf" || word == "infinity" { return isNegative ? -.infinity : .infinity }
    if word == "nan" { return rest.count == text.count ? .nan : nil }
    var hasDigit = false
    var hasPoint = false
    var mantissa = rest.utf8.startIndex
    let bytes = rest.utf8
    while mantissa < bytes.endIndex {
      let byte = bytes[mantissa]
      if isDigit(byte) {
        hasDigit = true
      } else if byte == UInt8(ascii: "."), !hasPoint {
        hasPoint = true
      } else {
        break
      }
      mantissa = bytes.index(after: mantissa)
    }
    guard hasDigit else { return nil }
    var exponent = bytes[mantissa...]
    if !exponent.isEmpty {
      guard exponent.removeFirst() | 0x20 == UInt8(ascii: "e") else { return nil }
      if let sign = exponent.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
        exponent.removeFirst()
      }
      guard !exponent.isEmpty, exponent.allSatisfy(isDigit) else { return nil }
    }
    var plain = String(rest)
    if plain.hasPrefix(".") { plain = "0" + plain }
    if let point = plain.firstIndex(of: "."), !hasDigitAfter(point, in: plain) {
      plain.remove(at: point)
    }
    guard let value = Double(plain), value.isFinite else { return nil }
    return isNegative ? -value : value
  }

  private static func hasDigitAfter(_ point: String.Index, in text: String) -> Bool {
    let next = text.index(after: point)
    return next < text.endIndex && text[next].isNumber
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
  }

  /// `text` in double quotes with escapes, as `%q`.
  public static func quoted(_ text: String) -> String { quoted(text, mark: "\"") }

  /// `text` in the quotes `mark` with escapes.
  static func quoted(_ text: String, mark: Unicode.Scalar) -> String {
    var quoted = String(mark)
    for scalar in text.unicodeScalars {
      switch scalar {
      case mark, "\\": quoted += "\\" + String(scalar)
      case "\n": quoted += "\\n"
      case "\r": quoted += "\\r"
      case "\t": quoted += "\\t"
      case "\u{7}": quoted += "\\a"
      case "\u{8}": quoted += "\\b"
      case "\u{b}": quoted += "\\v"
      case "\u{c}": quoted += "\\f"
      case _ where scalar.value < 0x20 || scalar.value == 0x7f:
        let digits = String(scalar.value, radix: 16)
        quoted += "\\x" + (digits.count < 2 ? "0" : "") + digits
      default: quoted.unicodeScalars.append(scalar)
      }
    }
    quoted.unicodeScalars.append(mark)
    return quoted
  }
}
