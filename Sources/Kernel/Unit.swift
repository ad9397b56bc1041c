/// The unit of a measured figure or a setting, and how a figure in it is written and read.
public enum Unit: String, Sendable, Hashable, CaseIterable {
  /// A number of things; written without a unit.
  case count
  /// A ratio such as max over mean; written as a decimal number.
  case ratio
  /// A share from 0 to 1, written in percent.
  case fraction
  /// Seconds, written in the unit that reads best.
  case seconds
  /// Events in each second.
  case perSecond
  /// Bytes, with decimal prefixes.
  case bytes

  /// `value` in this unit as people write it: `80.0 %`, `212 ms`, `1,973`, `1.01`.
  public func text(_ value: Double) -> String {
    guard value.isFinite else { return value.isNaN ? "none" : "unbounded" }
    switch self {
    case .count: return DecimalText.grouped(value)
    case .ratio: return DecimalText.significant(value, digits: 4)
    case .fraction: return DecimalText.fixed(value * 100, decimals: fractionDecimals(value)) + " %"
    case .seconds: return spanText(value)
    case .perSecond: return DecimalText.grouped(value) + "/s"
    case .bytes: return bytesText(value)
    }
  }

  /// Reads a figure in this unit (`80 %`, `0.8`, `50 ms`, `1,973`, `2k`), or nil.
  public func value(from text: String) -> Double? {
    var words = text.filter { $0 != "," && $0 != "_" }
    while words.last == " " { words.removeLast() }
    while words.first == " " { words.removeFirst() }
    switch self {
    case .seconds: return TimeSpan(text: words)?.seconds
    case .fraction:
      if words.last == "%" { return Self.number(String(words.dropLast())).map { $0 / 100 } }
      return Self.number(words)
    case .perSecond:
      return Self.number(words.hasSuffix("/s") ? String(words.dropLast(2)) : words)
    case .bytes: return bytesValue(words)
    case .count, .ratio: return Self.number(words)
    }
  }

  /// How a figure in this unit may be written, for messages.
  public var example: String {
    switch self {
    case .count: "1200"
    case .ratio: "1.25"
    case .fraction: "25 %"
    case .seconds: "50 ms"
    case .perSecond: "2000/s"
    case .bytes: "64 MB"
    }
  }

  /// Two figures in this unit as people write them, for questions: so far apart that neither hints
  /// at the size of an answer.
  public var examples: String {
    switch self {
    case .count: "8 or 2,500"
    case .ratio: "1.5 or 250"
    case .fraction: "2 % or 45 %"
    case .seconds: "20 ms or 4 min"
    case .perSecond: "30/s or 4,000/s"
    case .bytes: "50 kB or 20 GB"
    }
  }

  /// How a range of figures in this unit is typed, with LOW and HIGH for its ends.
  public var rangePattern: String {
    switch self {
    case .count, .ratio, .perSecond: "LOW to HIGH"
    case .fraction: "LOW to HIGH %"
    case .seconds, .bytes: "LOW to HIGH UNIT"
    }
  }

  private func fractionDecimals(_ value: Double) -> Int {
    let percent = abs(value * 100)
    if abs(percent - percent.rounded()) < 1e-9 { return 0 }
    return percent < 0.1 || (percent > 99.9 && percent < 100) ? 3 : percent < 1 ? 2 : 1
  }

  private func spanText(_ seconds: Double) -> String {
    let size = abs(seconds)
    if size == 0 { return "0 s" }
    if size < 0.999_5e-6 { return DecimalText.significant(seconds * 1e9, digits: 3) + " ns" }
    if size < 0.999_5e-3 { return DecimalText.significant(seconds * 1e6, digits: 3) + " us" }
    if size < 0.999_5 { return DecimalText.significant(seconds * 1e3, digits: 3) + " ms" }
    if size < 120 { return DecimalText.significant(seconds, digits: 4) + " s" }
    if size < 7_200 { return DecimalText.significant(seconds / 60, digits: 4) + " min" }
    if size < 172_800 { return DecimalText.significant(seconds / 3_600, digits: 4) + " h" }
    return DecimalText.significant(seconds / 86_400, digits: 4) + " d"
  }

  private static let bytePrefixes: [(String, Double)] = [
    ("PB", 1e15), ("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("kB", 1e3),
  ]

  private func bytesText(_ value: Double) -> String {
    for (name, scale) in Self.bytePrefixes where abs(value) >= scale {
      return DecimalText.significant(value / scale, digits: 3) + " " + name
    }
    return DecimalText.significant(value, digits: 3) + " B"
  }

  private func bytesValue(_ text: String) -> Double? {
    for (name, scale) in Self.bytePrefixes where text.hasSuffix(name) {
      return Self.number(String(text.dropLast(2))).map { $0 * scale }
    }
    return Self.number(text.hasSuffix("B") ? String(text.dropLast()) : text)
  }

  private static func number(_ text: String) -> Double? {
    var words = text
    while words.last == " " { words.removeLast() }
    let scale: Double =
      switch words.last {
      case "k", "K": 1e3
      case "M": 1e6
      case "G": 1e9
      default: 1
      }
    if scale != 1 { words.removeLast() }
    guard let value = Double(words), value.isFinite else { return nil }
    return value * scale
  }
}
