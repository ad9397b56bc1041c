import Kernel

/// Reads the arguments of the benches of NATS and Redis.
extension BenchLine {
  /// The arguments: plain words, and those of the form NAME=VALUE.
  func sorted(
    known: [String]
  ) throws(Diagnostic) -> (plain: [String], named: [String: String]) {
    var plain: [String] = []
    var named: [String: String] = [:]
    for (index, argument) in arguments.enumerated() {
      let sides = argument.split(separator: "=", maxSplits: 1).map(String.init)
      guard sides.count == 2 else {
        plain.append(argument)
        continue
      }
      guard known.contains(sides[0]) else {
        throw .unknown("option of \(name)", sides[0], known: known, column: column(index))
      }
      named[sides[0]] = sides[1]
    }
    return (plain, named)
  }

  /// A word that must be there.
  func need(_ index: Int, _ expected: String) throws(Diagnostic) -> String {
    guard index < arguments.count else {
      throw Diagnostic(
        "'\(text)' needs more.", column: text.count + 1, found: "the end of the line",
        expected: expected)
    }
    return arguments[index]
  }

  /// A whole number in `range`, or nil when there is no word.
  func number(_ word: String?, in range: ClosedRange<Int>) throws(Diagnostic) -> Int? {
    guard let word else { return nil }
    guard let number = Int(word), range.contains(number) else {
      throw Diagnostic(
        "'\(word)' is no number for '\(name)'.", found: word,
        expected: "a whole number from \(range.lowerBound) to \(range.upperBound)")
    }
    return number
  }

  /// A time up to a day.
  func span(_ word: String) throws(Diagnostic) -> TimeSpan {
    guard let span = TimeSpan(text: word), span > .zero, span <= .hours(24) else {
      throw Diagnostic(
        "'\(word)' is no time for '\(name)'.", found: word,
        expected: "a time up to 24h, such as 500ms or 30s")
    }
    return span
  }
}
