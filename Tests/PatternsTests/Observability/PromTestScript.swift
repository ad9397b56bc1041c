import Kernel
import Patterns

/// A script in the language in which Prometheus writes its own tests: `load`, `clear`,
/// `eval instant at TIME QUERY`, `eval_ordered`, `eval_fail`, and below each what is expected.
///
/// Source: github.com/prometheus/prometheus promql/test.go of version 2.42.
struct PromTestScript {
  struct Unreadable: Error, CustomStringConvertible {
    let line: Int
    let what: String
    var description: String { "line \(line): \(what)" }
  }

  /// What a query is expected to yield.
  enum Expected {
    case failure
    case number(Double)
    case samples([(labels: MetricLabels, value: Double)], isOrdered: Bool)
  }

  struct Question {
    let line: Int
    let query: String
    let at: Int64
    let expected: Expected
  }

  private enum Step {
    case clear
    case load([(series: String, values: String)], every: Int64)
    case ask(Question)
  }

  private var steps: [Step] = []
  private let lines: [String]
  private var next = 0

  init(_ text: String) throws {
    lines = text.split(separator: "\n", omittingEmptySubsequences: false).map { line in
      let line = String(line.drop { $0.isWhitespace })
      return line.hasPrefix("#") ? "" : line
    }
    while next < lines.count {
      let line = lines[next]
      next += 1
      if line.isEmpty { continue }
      if line == "clear" {
        steps.append(.clear)
      } else if line.hasPrefix("load") {
        steps.append(try load(line))
      } else {
        steps.append(.ask(try question(line)))
      }
    }
  }

  var questions: [Question] {
    steps.compactMap { step in
      if case .ask(let question) = step { question } else { nil }
    }
  }

  /// What goes otherwise than expected, a sentence each.
  func differences() throws -> [String] {
    var store = SeriesStore()
    var found: [String] = []
    for step in steps {
      switch step {
      case .clear: store = SeriesStore()
      case .load(let series, let interval):
        for (labels, values) in series { try store.load(labels, values, interval: interval) }
      case .ask(let question):
        if let difference = Self.difference(question, store) {
          found.append("line \(question.line): \(question.query): \(difference)")
        }
      }
    }
    return found
  }

  // MARK: Reading

  private mutating func load(_ line: String) throws -> Step {
    guard let every = PromDuration.milliseconds(Self.words(line, 2).last ?? "") else {
      throw Unreadable(line: next, what: line)
    }
    // Of a series that stands twice in a block the last holds.
    var series: [(series: String, values: String)] = []
    for line in block() {
      let (name, values) = try named(line)
      let labels = try PromParser.series(name)
      try series.removeAll { try PromParser.series($0.series) == labels }
      series.append((name, values))
    }
    return .load(series, every: every)
  }

  private mutating func block() -> [String] {
    var block: [String] = []
    while next < lines.count, !lines[next].isEmpty {
      block.append(lines[next])
      next += 1
    }
    return block
  }

  /// A series and what stands behind it.
  private func named(_ line: String) throws -> (series: String, values: String) {
    var isInText = false
    var depth = 0
    for place in line.indices {
      if line[place] == "\"" { isInText.toggle() }
      if !isInText, line[place] == "{" { depth += 1 }
      if !isInText, line[place] == "}" { depth -= 1 }
      guard !isInText, depth == 0, line[place].isWhitespace else { continue }
      let rest = line[place...].drop { $0.isWhitespace }
      if rest.hasPrefix("{") { continue }
      return (String(line[..<place]), String(rest))
    }
    throw Unreadable(line: next, what: line)
  }

  private mutating func question(_ line: String) throws -> Question {
    let number = next
    let words = Self.words(line, 5)
    guard words.count == 5, words[1] == "instant", words[2] == "at",
      ["eval", "eval_ordered", "eval_fail"].contains(words[0])
    else { throw Unreadable(line: number, what: line) }
    let isZero = ["0", "0m", "0s"].contains(words[3])
    guard let at = isZero ? 0 : PromDuration.milliseconds(words[3]) else {
      throw Unreadable(line: number, what: line)
    }
    let block = block()
    let expected: Expected
    if words[0] == "eval_fail" {
      expected = .failure
    } else if block.count == 1, let value = Self.number(block[0]) {
      expected = .number(value)
    } else {
      expected = .samples(
        try block.map { line in
          let (series, text) = try named(line)
          guard let value = Self.number(text) else { throw Unreadable(line: number, what: line) }
          return (try PromParser.series(series), value)
        }, isOrdered: words[0] == "eval_ordered")
    }
    return Question(line: number, query: words[4], at: at, expected: expected)
  }

  /// The first words of a line, the last of them being all that is left.
  private static func words(_ line: String, _ count: Int) -> [String] {
    line.split(maxSplits: count - 1, whereSeparator: \.isWhitespace).map(String.init)
  }

  private static func number(_ text: String) -> Double? {
    let text = text.trimmingSuffix { $0.isWhitespace }
    if text.hasPrefix("0x") { return Int(text.dropFirst(2), radix: 16).map(Double.init) }
    return text.count == 4 && text.hasPrefix("+") && text.hasSuffix("Inf")
      ? .infinity : Double(text.lowercased())
  }

  // MARK: Judging

  private static func difference(_ question: Question, _ store: SeriesStore) -> String? {
    let answer: PromValue
    do {
      let expression = try PromParser.expression(question.query)
      answer = try PromEngine(store).evaluate(expression, at: question.at)
    } catch {
      if case .failure = question.expected { return nil }
      return "refused: \(error.message)"
    }
    switch (question.expected, answer) {
    case (.number(let wanted), .scalar(let value)):
      return isSame(wanted, value) ? nil : "\(value) instead of \(wanted)"
    case (.samples(let wanted, let isOrdered), .vector(let samples)):
      return difference(wanted, samples, isOrdered)
    default: return "\(answer) instead of \(question.expected)"
    }
  }

  private static func difference(
    _ wanted: [(labels: MetricLabels, value: Double)], _ samples: [PromSample], _ isOrdered: Bool
  ) -> String? {
    guard wanted.count == samples.count else {
      return "\(samples.count) samples instead of \(wanted.count)"
    }
    for (place, sample) in samples.enumerated() {
      guard let match = wanted.firstIndex(where: { $0.labels == sample.labels }) else {
        return "\(sample.labels) is not expected"
      }
      if isOrdered, match != place { return "\(sample.labels) is at \(place), not at \(match)" }
      guard isSame(wanted[match].value, sample.value) else {
        return "\(sample.value) instead of \(wanted[match].value) for \(sample.labels)"
      }
    }
    return nil
  }

  /// Prometheus compares with a relative error of one in a million.
  private static func isSame(_ wanted: Double, _ value: Double) -> Bool {
    if wanted.isNaN { return value.isNaN }
    if wanted == value { return true }
    return abs(wanted - value) / (abs(wanted) + abs(value)) < 1e-6
  }
}

extension String {
  fileprivate func trimmingSuffix(_ isCut: (Character) -> Bool) -> Substring {
    var rest = self[...]
    while let last = rest.last, isCut(last) { rest.removeLast() }
    return rest
  }
}
