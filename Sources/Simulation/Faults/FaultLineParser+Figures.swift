import Kernel

extension FaultLineParser {
  /// The longest span that a line may name: sums of such spans stay within an `Instant`.
  private static var longest: TimeSpan { .hours(24 * 3_653) }

  /// A span of time of at least `least`; number and unit may stand apart.
  mutating func span(from least: TimeSpan, _ expected: String) throws(Diagnostic) -> TimeSpan {
    let word = current.text
    guard !word.isEmpty else { throw complaint("A time is missing.", expected: expected) }
    var text = word
    var count = 1
    if Double(word) != nil, TimeSpan(text: word + following.text) != nil {
      text = word + following.text
      count = 2
    }
    guard let span = TimeSpan(text: text) else {
      throw timeComplaint(word, expected: expected)
    }
    guard abs(span.seconds) <= Self.longest.seconds else {
      throw complaint("This time is longer than ten years.", expected: expected)
    }
    guard span >= least else {
      throw complaint(
        least == .zero
          ? "This time must not be negative." : "This time must be longer than nothing.",
        expected: expected)
    }
    for _ in 0..<count { advance() }
    return span
  }

  private func timeComplaint(_ word: String, expected: String) -> Diagnostic {
    let number = word.prefix { $0.isNumber || $0 == "." || $0 == "-" }
    let unit = String(word.dropFirst(number.count))
    let units = TimeSpan.unitWords.joined(separator: ", ")
    if Double(number) != nil, unit.isEmpty {
      return complaint(
        "'\(word)' has no unit of time.", expected: "a number and one of: \(units)",
        suggestion: word + "s")
    }
    if Double(number) != nil {
      let near = NearestWord.nearest(to: unit, in: TimeSpan.unitWords)
      return complaint(
        "'\(unit)' is no unit of time.", expected: "one of: \(units)",
        suggestion: near.map { number + $0 })
    }
    return complaint("'\(word)' is no time.", expected: expected)
  }

  /// A probability in percent, from 0 % to 100 %, kept in millionths.
  mutating func share() throws(Diagnostic) -> Double {
    let expected = "a percentage from 0% to 100%, such as 10%"
    let word = current.text
    guard !word.isEmpty else { throw complaint("A percentage is missing.", expected: expected) }
    let isApart = following.text == "%"
    guard word.last == "%" || isApart else {
      let share = Double(word).flatMap { $0 >= 0 && $0 <= 100 ? $0 : nil }
      throw complaint(
        "'\(word)' is no percentage.", expected: expected,
        suggestion: share.map { Fault.percent(($0 < 1 ? $0 : $0 / 100)) })
    }
    guard let percent = Double(isApart ? word : String(word.dropLast())), percent.isFinite else {
      throw complaint("'\(word)' is no percentage.", expected: expected)
    }
    guard (0...100).contains(percent) else {
      throw complaint("'\(word)' is not between 0% and 100%.", expected: expected)
    }
    for _ in 0..<(isApart ? 2 : 1) { advance() }
    return (percent * 1e4).rounded() / 1e6
  }

  /// A factor such as `x20` in `range`.
  mutating func factor(_ range: ClosedRange<Double>) throws(Diagnostic) -> Double {
    let low = Fault.factor(range.lowerBound)
    let high = Fault.factor(range.upperBound)
    let expected = "a factor from \(low) to \(high)"
    let word = current.text
    guard !word.isEmpty, word != "for" else {
      throw complaint("A factor is missing.", expected: expected)
    }
    let digits = word.hasPrefix("x") || word.hasPrefix("×") ? String(word.dropFirst()) : nil
    guard let digits, let factor = Double(digits), factor.isFinite else {
      let bare = Double(word.last == "x" || word.last == "×" ? String(word.dropLast()) : word)
      throw complaint(
        "'\(word)' is no factor.", expected: expected,
        suggestion: bare.flatMap { range.contains($0) ? Fault.factor($0) : nil })
    }
    guard range.contains(factor) else {
      throw complaint("'\(word)' is out of range.", expected: expected)
    }
    advance()
    return factor
  }
}
