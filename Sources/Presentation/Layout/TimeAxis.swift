import Kernel

/// What time each step of a chart stands for.
struct TimeAxis {
  private let start: String
  private let end: String
  private let range: (start: Double, end: Double)?

  init(_ chart: TimeChart) {
    start = SafeText.line(chart.start)
    end = SafeText.line(chart.end)
    range =
      if let first = Self.seconds(start, like: end), let last = Self.seconds(end, like: start),
        first < last
      {
        (first, last)
      } else {
        nil
      }
  }

  /// When step `index` of `count` begins, as words: `at 31.9 s`.
  func words(forStep index: Int, of count: Int) -> String {
    if index == 0 { return "at \(start)" }
    guard let range else { return "at step \(index + 1) of \(count)" }
    let seconds = range.start + (range.end - range.start) * Double(index) / Double(count)
    return "at \(time(seconds))"
  }

  /// The time in the unit of the axis, so that one chart speaks of seconds throughout.
  private func time(_ seconds: Double) -> String {
    guard let (_, unit) = Self.parts(end), !unit.hasPrefix("min"),
      let scale = TimeSpan(text: "1\(unit)")
    else {
      // Nobody reads 0.7333 min: below two minutes it is seconds, above that minutes and seconds.
      let whole = Int(seconds.rounded())
      guard whole >= 120 else { return TimeSpan(seconds: seconds).description }
      return whole % 60 == 0 ? "\(whole / 60) min" : "\(whole / 60) min \(whole % 60) s"
    }
    return DecimalText.significant(seconds / scale.seconds, digits: 4) + " " + unit
  }

  private static func seconds(_ text: String, like other: String) -> Double? {
    if let span = TimeSpan(text: text) { return span.seconds }
    guard let (_, unit) = parts(other), Double(text) != nil else { return nil }
    return TimeSpan(text: text + unit)?.seconds
  }

  private static func parts(_ text: String) -> (number: String, unit: String)? {
    let number = text.prefix { $0.isNumber || $0 == "." || $0 == "-" }
    let unit = text.dropFirst(number.count).drop { $0 == " " }
    return number.isEmpty || unit.isEmpty ? nil : (String(number), String(unit))
  }
}
