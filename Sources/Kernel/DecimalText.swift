/// Decimal numbers as text without Foundation and without a locale.
public enum DecimalText {
  /// `value` with exactly `decimals` digits after the point, halves away from zero.
  public static func fixed(_ value: Double, decimals: Int) -> String {
    guard value.isFinite else { return value.isNaN ? "nan" : value < 0 ? "-inf" : "inf" }
    var scale = 1.0
    for _ in 0..<decimals { scale *= 10 }
    let scaled = (abs(value) * scale).rounded(.toNearestOrAwayFromZero)
    guard scaled < 9e18 else { return "\(value)" }
    let whole = UInt64(scaled)
    let sign = value < 0 && whole != 0 ? "-" : ""
    guard decimals > 0 else { return "\(sign)\(whole)" }
    let unit = UInt64(scale)
    let fraction = String(whole % unit)
    let zeros = String(repeating: "0", count: decimals - fraction.count)
    return "\(sign)\(whole / unit).\(zeros)\(fraction)"
  }

  /// `value` with about so many significant digits and no trailing zeros after the point.
  public static func significant(_ value: Double, digits: Int) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : fixed(value, decimals: 0) }
    var decimals = digits - 1
    var size = abs(value)
    while size >= 10, decimals > 0 {
      size /= 10
      decimals -= 1
    }
    while size < 1, decimals < 15 {
      size *= 10
      decimals += 1
    }
    var text = fixed(value, decimals: decimals)
    guard text.contains(".") else { return text }
    while text.last == "0" { text.removeLast() }
    if text.last == "." { text.removeLast() }
    return text
  }

  /// `value` with thousands set apart by commas; decimals only where the value is small.
  public static func grouped(_ value: Double) -> String {
    let isWhole = value == value.rounded(.towardZero)
    let isPlain = isWhole || abs(value) >= 1_000
    let text = isPlain ? fixed(value, decimals: 0) : significant(value, digits: 4)
    let parts = text.split(separator: ".", omittingEmptySubsequences: false)
    var digits = Array(parts[0])
    let firstDigit = digits.first == "-" ? 1 : 0
    var place = digits.count - 3
    while place > firstDigit {
      digits.insert(",", at: place)
      place -= 3
    }
    return parts.count > 1 ? String(digits) + "." + parts[1] : String(digits)
  }
}
