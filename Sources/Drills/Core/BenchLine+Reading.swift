import Kernel

extension BenchLine {
  /// Argument `index` as a whole number of `things` from 1 to `most`; 1 where it is missing.
  func count(_ index: Int, of things: String, upTo most: Int) throws(Diagnostic) -> Int {
    guard index < arguments.count else { return 1 }
    let text = arguments[index]
    guard let value = Unit.count.value(from: text), value >= 1, value <= Double(most),
      value == value.rounded()
    else {
      throw Diagnostic(
        "'\(text)' is no number of \(things).", column: column(index), found: text,
        expected: "a whole number from 1 to \(Unit.count.text(Double(most)))")
    }
    return Int(value)
  }

  /// The first argument as a time from 0 to `most`; `expected` tells what would do.
  func span(upTo most: TimeSpan, expected: String) throws(Diagnostic) -> TimeSpan {
    let text = arguments.first ?? ""
    guard let span = TimeSpan(text: text), span >= .zero, span <= most else {
      throw Diagnostic(
        "'\(text)' is no time.", column: arguments.isEmpty ? nil : column(0), found: text,
        expected: expected)
    }
    return span
  }
}
