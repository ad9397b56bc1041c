/// The text of a distribution taken apart: a word and its arguments, each with its place.
struct DistributionCall {
  private struct Argument {
    /// The word before the value, empty when there is none.
    let label: String
    let value: String
    let column: Int
  }

  private let word: String
  private let column: Int
  private var arguments: [Argument] = []

  /// Takes `text` apart; a plain span becomes a call of `constant`.
  init(_ text: String) throws(Diagnostic) {
    let characters = Array(text)
    let start = characters.firstIndex { $0 != " " } ?? 0
    column = start + 1
    guard let open = characters.firstIndex(of: "(") else {
      let rest = Self.trimmed(characters[start...])
      guard !rest.isEmpty, !Distribution.words.contains(rest) else {
        throw Diagnostic(
          rest.isEmpty ? "A distribution is missing." : "'\(rest)' lacks its figures.",
          column: column, found: rest,
          expected: Self.example(rest) ?? "a time such as 5ms, or exponential(8ms)")
      }
      if TimeSpan(text: rest) == nil, rest.allSatisfy(\.isLetter) {
        throw Diagnostic.unknown(
          "distribution", rest, known: Distribution.words, column: column)
      }
      word = "constant"
      arguments = [Argument(label: "", value: rest, column: column)]
      return
    }
    word = Self.trimmed(characters[start..<open])
    guard Distribution.words.contains(word) else {
      throw Diagnostic.unknown("distribution", word, known: Distribution.words, column: column)
    }
    guard let close = characters.firstIndex(of: ")"),
      characters[(close + 1)...].allSatisfy({ $0 == " " })
    else {
      throw Diagnostic(
        "The distribution does not end with ')'.", column: characters.count + 1,
        expected: Self.example(word))
    }
    arguments = Self.arguments(characters, from: open + 1, to: close)
  }

  /// The arguments between the parentheses, cut at the commas.
  private static func arguments(
    _ characters: [Character], from start: Int, to end: Int
  ) -> [Argument] {
    characters[start..<end].split(separator: ",", omittingEmptySubsequences: false).map { part in
      let first = part.firstIndex { $0 != " " } ?? part.startIndex
      let text = trimmed(part)
      let isLabelled = text.first?.isLetter == true
      guard isLabelled, let space = text.firstIndex(of: " ") else {
        return Argument(
          label: isLabelled ? text : "", value: isLabelled ? "" : text, column: first + 1)
      }
      let value = trimmed(Array(text[space...])[...])
      return Argument(label: String(text[..<space]), value: value, column: first + 1)
    }
  }

  private static func trimmed(_ characters: ArraySlice<Character>) -> String {
    let inner = characters.drop { $0 == " " }
    return String(
      inner.prefix(upTo: inner.lastIndex { $0 != " " }.map { $0 + 1 } ?? inner.startIndex))
  }

  private static func example(_ word: String) -> String? {
    switch word {
    case "constant": "5ms"
    case "uniform": "uniform(1ms, 3ms)"
    case "exponential": "exponential(8ms)"
    case "normal": "normal(mean 10ms, deviation 2ms)"
    case "lognormal": "lognormal(p50 5ms, p99 40ms)"
    case "gamma": "gamma(shape 2, mean 10ms)"
    case "pareto": "pareto(minimum 1ms, shape 1.5)"
    default: nil
    }
  }
}

extension DistributionCall {
  /// What the call means.
  func distribution() throws(Diagnostic) -> Distribution {
    switch word {
    case "uniform":
      let places = try places(of: ["from", "to"])
      let (low, high) = (try span(places[0]), try span(places[1]))
      guard low <= high else { throw refusal(places[1], "lies below the other end") }
      return .uniform(low, high)
    case "exponential":
      return .exponential(mean: try span(places(of: ["mean"])[0]))
    case "normal":
      let places = try places(of: ["mean", "deviation"])
      return .normal(mean: try span(places[0]), deviation: try span(places[1]))
    case "lognormal":
      return try lognormal()
    case "gamma":
      let places = try places(of: ["shape", "mean"])
      return .gamma(shape: try shape(places[0]), mean: try span(places[1]))
    case "pareto":
      let places = try places(of: ["minimum", "shape"])
      return .pareto(minimum: try span(places[0]), shape: try shape(places[1]))
    default:
      return .constant(try span(places(of: ["value"])[0]))
    }
  }

  private func lognormal() throws(Diagnostic) -> Distribution {
    guard arguments.count == 2 else { throw wrongCount() }
    let first = try percentile(arguments[0])
    let low = try span(arguments[0])
    guard low > .zero else { throw refusal(arguments[0], "is not above zero") }
    if arguments[1].label == "sigma" {
      guard first == 0.5 else { throw refusal(arguments[0], "is not the median beside a sigma") }
      return .lognormal(median: low, sigma: try number(arguments[1], 0...20))
    }
    let second = try percentile(arguments[1])
    let high = try span(arguments[1])
    guard first < second else { throw refusal(arguments[1], "is not the higher percentile") }
    guard low <= high else { throw refusal(arguments[1], "lies below the lower percentile") }
    return .lognormal(low, at: first, high, at: second)
  }

  /// The arguments in the order of `labels`; those without a label take the first free places.
  private func places(of labels: [String]) throws(Diagnostic) -> [Argument] {
    guard arguments.count == labels.count else { throw wrongCount() }
    var places: [Argument?] = labels.map { _ in nil }
    for argument in arguments {
      let isFree = { (place: Int) in places[place] == nil }
      let place =
        argument.label.isEmpty
        ? labels.indices.first(where: isFree) : labels.firstIndex(of: argument.label)
      guard let place else {
        var complaint = Diagnostic.unknown(
          "figure of \(word)", argument.label, known: labels, column: argument.column)
        complaint.expected = Self.example(word)
        throw complaint
      }
      guard places[place] == nil else { throw refusal(argument, "is given twice") }
      places[place] = argument
    }
    return places.compactMap { $0 }
  }

  /// The share that a label such as `p50`, `p99.9`, `p999` or `median` names.
  private func percentile(_ argument: Argument) throws(Diagnostic) -> Double {
    if argument.label == "median" { return 0.5 }
    // p999 is how people write p99.9: the first two digits are whole percents.
    let parts = argument.label.dropFirst().split(separator: ".", omittingEmptySubsequences: false)
    if argument.label.first == "p", parts.count <= 2, let figure = Int(parts.joined()) {
      let places = parts.count == 2 ? 2 + parts[1].count : max(2, parts[0].count)
      let share = Double(figure) / PortableMath.power(10, Double(places))
      if share > 0, share < 1 { return share }
    }
    throw Diagnostic(
      "'\(argument.label)' is not a percentile.", column: argument.column, found: argument.label,
      expected: Self.example(word))
  }

  private func span(_ argument: Argument) throws(Diagnostic) -> TimeSpan {
    guard let span = TimeSpan(text: argument.value) else {
      throw refusal(argument, "is not a time", expected: "a time such as 5ms")
    }
    guard span >= .zero else { throw refusal(argument, "is below zero") }
    return span
  }

  private func shape(_ argument: Argument) throws(Diagnostic) -> Double {
    try number(argument, 0.01...1_000)
  }

  private func number(
    _ argument: Argument, _ range: ClosedRange<Double>
  ) throws(Diagnostic) -> Double {
    guard let number = Double(argument.value), range.contains(number) else {
      let ends = "\(Setting.number(range.lowerBound)) to \(Setting.number(range.upperBound))"
      throw refusal(argument, "does not fit", expected: "a number from \(ends)")
    }
    return number
  }

  private func refusal(
    _ argument: Argument, _ why: String, expected: String? = nil
  ) -> Diagnostic {
    let found = argument.label.isEmpty ? argument.value : "\(argument.label) \(argument.value)"
    return Diagnostic(
      "'\(found)' \(why).", column: argument.column, found: found,
      expected: expected ?? Self.example(word))
  }

  private func wrongCount() -> Diagnostic {
    Diagnostic(
      "\(word) has \(arguments.count) figures, which is not what it takes.", column: column,
      found: "\(arguments.count)", expected: Self.example(word))
  }
}
