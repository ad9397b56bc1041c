extension GoText {
  /// `value` as `%g` and `%v` print it: the shortest digits that read back as it, with an exponent
  /// where that is below -4 or above 5.
  public static func shortest(_ value: Double) -> String {
    guard value.isFinite else { return plain(value) }
    let exponent = exponent(value)
    return exponent < -4 || exponent >= 6 ? scientific(value, letter: "e") : plain(value)
  }

  /// `value` with so many digits after the point, as `%.2f`.
  static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return plain(value) }
    let exact = ExactDecimal(value)
    let digits = exact.rounded(toPlace: -decimals)
    let text = String(decoding: digits, as: UTF8.self)
    let split = text.utf8.count - decimals
    let sign = value.sign == .minus ? "-" : ""
    return sign + text.prefix(split) + (decimals > 0 ? "." + text.dropFirst(split) : "")
  }

  /// `value` with so many digits that count and an exponent, as `%.1e`.
  static func scientific(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return plain(value) }
    let (all, exponent) = ExactDecimal(value).rounded(to: digits)
    let text = String(decoding: all, as: UTF8.self)
    let size = String(abs(exponent))
    return (value.sign == .minus ? "-" : "") + text.prefix(1)
      + (digits > 1 ? "." + text.dropFirst() : "") + "e" + (exponent < 0 ? "-" : "+")
      + (size.utf8.count < 2 ? "0" + size : size)
  }

  /// `value` with at most so many digits that count, as `%.4g`.
  static func general(_ value: Double, digits: Int) -> String {
    guard value.isFinite else { return plain(value) }
    var (all, exponent) = ExactDecimal(value).rounded(to: digits)
    while all.count > 1, all.last == UInt8(ascii: "0") { all.removeLast() }
    if exponent < -4 || exponent >= digits { return scientific(value, digits: all.count) }
    return fixed(value, decimals: max(0, all.count - 1 - exponent))
  }

  private static func exponent(_ value: Double) -> Int {
    let text = scientific(value)
    let place = text.firstIndex(of: "E").map { text.index(after: $0) } ?? text.endIndex
    return Int(text[place...]) ?? 0
  }
}

/// Every decimal digit of a number, so that halves are known from what only looks like one.
struct ExactDecimal {
  /// The digits, the first of them not 0 unless the number is.
  private let digits: [UInt8]
  /// The power of ten of the first digit.
  private let exponent: Int

  /// The digits of `value`, which is finite, without its sign.
  init(_ value: Double) {
    var whole = value.magnitude.significandBitPattern
    var power = Int(value.exponentBitPattern) - 1_075
    if value.exponentBitPattern == 0 { power += 1 } else { whole |= 1 << 52 }
    while power < 0, whole & 1 == 0, whole > 0 {
      whole >>= 1
      power += 1
    }
    // The least digit first; halves are fives of the next place.
    var reversed = String(whole).utf8.reversed().map { $0 - 0x30 }
    let places = whole == 0 ? 0 : max(0, -power)
    for _ in 0..<(whole == 0 ? 0 : abs(power)) {
      Self.multiply(&reversed, by: power < 0 ? 5 : 2)
    }
    digits = reversed.reversed()
    exponent = digits.count - 1 - places
  }

  private static func multiply(_ digits: inout [UInt8], by factor: UInt8) {
    var carry: UInt8 = 0
    for place in digits.indices {
      let product = digits[place] * factor + carry
      digits[place] = product % 10
      carry = product / 10
    }
    if carry > 0 { digits.append(carry) }
  }

  /// The first `count` digits in ASCII, halves to even, and the power of ten of the first.
  func rounded(to count: Int) -> (digits: [UInt8], exponent: Int) {
    let kept = Self.cut(digits, to: count)
    let padding = [UInt8](repeating: 0x30, count: max(0, count - kept.count))
    let isLonger = kept.count > min(count, digits.count)
    return (
      Array((kept.map { $0 + 0x30 } + padding).prefix(count)), exponent + (isLonger ? 1 : 0)
    )
  }

  /// The digits in ASCII down to the power of ten `place`, at least one before the point.
  func rounded(toPlace place: Int) -> [UInt8] {
    let count = exponent - place + 1
    let leading = [UInt8](repeating: 0, count: max(0, -exponent))
    let padded = leading + digits
    let wanted = max(count, 0) + leading.count
    guard count + leading.count >= 0 else { return [] }
    var kept = Self.cut(padded, to: min(wanted, -place + max(exponent, 0) + 1))
    kept += [UInt8](repeating: 0, count: max(0, -place + max(exponent, 0) + 1 - kept.count))
    return kept.map { $0 + 0x30 }
  }

  /// The first `count` digits, rounded; one more where a 1 is carried to the front.
  private static func cut(_ digits: [UInt8], to count: Int) -> [UInt8] {
    guard count < digits.count else { return digits }
    var kept = Array(digits.prefix(count))
    let rest = digits[count...]
    let isHalf = rest.first == 5 && !rest.dropFirst().contains { $0 > 0 }
    let isUp = isHalf ? (kept.last ?? 0) % 2 == 1 : (rest.first ?? 0) >= 5
    guard isUp else { return kept }
    var place = count - 1
    while place >= 0, kept[place] == 9 {
      kept[place] = 0
      place -= 1
    }
    if place >= 0 {
      kept[place] += 1
    } else {
      kept.insert(1, at: 0)
    }
    return kept
  }
}
