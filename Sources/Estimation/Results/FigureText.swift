import Kernel

/// Figures as people write and say them, with no more digits than are known.
public enum FigureText {
  /// A number: `0.42`, `11,574`, `1.16 million`, `3.2e18`.
  ///
  /// With `digits` nil it is known exactly and shows four digits, or all before the point below a
  /// million.
  public static func number(_ value: Double, digits: Int? = nil) -> String {
    guard value.isFinite else { return value.isNaN ? "no number" : "unbounded" }
    if value == 0 { return "0" }
    let kept = rounded(value, digits: digits ?? 4)
    let size = abs(kept)
    if size >= 1e15 || size < 1e-4 { return scientific(kept, digits: digits ?? 4) }
    for (scale, word) in [(1e12, "trillion"), (1e9, "billion"), (1e6, "million")]
    where size >= scale {
      return DecimalText.significant(kept / scale, digits: digits ?? 4) + " " + word
    }
    guard size >= 1_000 else { return DecimalText.significant(kept, digits: digits ?? 4) }
    return DecimalText.grouped(digits == nil ? value.rounded(.toNearestOrAwayFromZero) : kept)
  }

  /// The number with so many significant digits.
  static func rounded(_ value: Double, digits: Int) -> Double {
    guard value != 0, value.isFinite else { return value }
    let place = PortableMath.log10(abs(value)).rounded(.down)
    let step = Double(digits - 1) - place
    guard abs(step) < 300 else { return value }
    let scale = 10.0.raised(to: Int(abs(step)))
    return step >= 0
      ? (value * scale).rounded(.toNearestOrAwayFromZero) / scale
      : (value / scale).rounded(.toNearestOrAwayFromZero) * scale
  }

  private static func scientific(_ value: Double, digits: Int) -> String {
    var exponent = Int(PortableMath.log10(abs(value)).rounded(.down))
    // In two steps: ten to the power of -308 is no normal number.
    let half = exponent / 2
    var mantissa =
      value * 10.0.raised(to: -half) * 10.0.raised(to: -(exponent - half))
    if abs(mantissa) >= 10 {
      mantissa /= 10
      exponent += 1
    }
    return DecimalText.significant(mantissa, digits: digits) + "e\(exponent)"
  }

  /// A share from 0 to 1 in percent; close to 100 % it shows how much is missing.
  public static func share(_ value: Double, digits: Int? = nil) -> String {
    guard value.isFinite else { return number(value) }
    let percent = value * 100
    let missing = 100 - percent
    guard percent > 99, missing > 0 else { return number(percent, digits: digits) + "%" }
    let place = -PortableMath.log10(missing).rounded(.down)
    let decimals = min(12, max(0, Int(place)) + (digits ?? 4) - 1)
    var text = DecimalText.fixed(percent, decimals: decimals)
    while text.contains("."), text.hasSuffix("0") || text.hasSuffix(".") { text.removeLast() }
    return text + "%"
  }

  /// A figure in base units with its unit: `4,630 messages/s`, `$0.09/GB`, `3 days`.
  public static func quantity(
    _ value: Double, _ unit: CompoundUnit, isShare: Bool = false, digits: Int? = nil
  ) -> String {
    if isShare, unit.dimension.isOne { return share(value, digits: digits) }
    let figure = value / unit.scale
    let text = number(figure, digits: digits)
    guard !unit.isOne else { return text }
    let words = unit.text(isSingular: text == "1")
    if words.hasPrefix("$") {
      let sign = text.hasPrefix("-") ? "-" : ""
      return sign + "$" + text.drop { $0 == "-" } + words.dropFirst()
    }
    return words.hasPrefix("/") ? text + words : text + " " + words
  }

  /// Two figures in the same unit: `5 to 20 GB`, `40% to 60%`, `$3 to $5`.
  public static func range(
    _ low: Double, _ high: Double, _ unit: CompoundUnit, isShare: Bool = false, digits: Int? = 2
  ) -> String {
    let first = quantity(low, unit, isShare: isShare, digits: digits)
    let last = quantity(high, unit, isShare: isShare, digits: digits)
    guard first != last else { return first }
    // The unit is said once; the low end may be one of it, which takes the singular.
    let plural = " " + unit.text
    let endings = [" " + unit.text(isSingular: true), plural]
    guard !unit.isOne, last.hasSuffix(plural), let ending = endings.last(where: first.hasSuffix)
    else { return "\(first) to \(last)" }
    return first.dropLast(ending.count) + " to " + last
  }
}
