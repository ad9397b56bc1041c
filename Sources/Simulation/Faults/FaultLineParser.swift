import Kernel

/// Reads one fault line word by word; every complaint points at the word it is about.
struct FaultLineParser {
  let roster: Roster
  let verbs: [FaultVerb]
  private let words: [FaultWord]
  private let end: FaultWord
  private var place = 0

  init(_ line: String, roster: Roster, verbs: [FaultVerb]) {
    self.roster = roster
    self.verbs = verbs
    words = FaultWord.words(of: line)
    let last = words.last
    end = FaultWord(text: "", column: last.map { $0.column + $0.text.count } ?? 1)
  }

  /// The word to read next; past the last one it is empty.
  var current: FaultWord { place < words.count ? words[place] : end }

  /// The word after the next one.
  var following: FaultWord { place + 1 < words.count ? words[place + 1] : end }

  mutating func advance() { place += 1 }

  mutating func timedFault(now: Instant?) throws(Diagnostic) -> TimedFault {
    let at = try beginning(now: now)
    let verb = try verb()
    let fault = try fault(verb)
    var duration: TimeSpan?
    if current.text == "for" {
      guard verb.lasts else {
        throw complaint(
          "'\(verb.rawValue)' happens at once and does not last.", expected: "the end of the line")
      }
      advance()
      duration = try span(from: TimeSpan(nanoseconds: 1), "how long it lasts, such as 20s")
    }
    guard current == end else { throw leftover(mayLast: verb.lasts && duration == nil) }
    return TimedFault(at: at, fault, for: duration)
  }

  private func leftover(mayLast: Bool) -> Diagnostic {
    let message = "'\(current.text)' does not belong here."
    if current.text == "," { return complaint(message, expected: "one node a line") }
    guard mayLast else { return complaint(message, expected: "the end of the line") }
    return complaint(
      message, expected: "'for' and a time, or the end of the line",
      suggestion: NearestWord.nearest(to: current.text, in: ["for"]))
  }

  private mutating func beginning(now: Instant?) throws(Diagnostic) -> Instant {
    if current.text == "at" {
      advance()
      return .zero + (try span(from: .zero, "the time it begins, such as 30s"))
    }
    if let now { return now }
    throw complaint(
      "A fault line begins with its time.", expected: "'at' and a time, as in: at 30s crash NODE",
      suggestion: NearestWord.nearest(to: current.text, in: ["at"]))
  }

  private mutating func verb() throws(Diagnostic) -> FaultVerb {
    let known = verbs.map(\.rawValue)
    guard current != end else {
      throw complaint("The line does not say what happens.", expected: Self.list(known))
    }
    guard let verb = FaultVerb(rawValue: current.text), verbs.contains(verb) else {
      throw complaint(
        FaultVerb(rawValue: current.text) == nil
          ? "There is no fault called '\(current.text)'."
          : "'\(current.text)' has nothing to act on here.",
        expected: Self.list(known), suggestion: NearestWord.nearest(to: current.text, in: known))
    }
    advance()
    return verb
  }

  private mutating func fault(_ verb: FaultVerb) throws(Diagnostic) -> Fault {
    switch verb {
    case .crash: return .crash(try node())
    case .restart: return .restart(try node())
    case .pause: return .pause(try node())
    case .resume: return .resume(try node())
    case .fill: return .fill(try node())
    case .lose: return .lose(try node())
    case .slow: return try slow()
    case .partition: return try partition()
    case .drop: return .drop(try share(), try scope())
    case .duplicate: return .duplicate(try share(), try scope())
    case .delay: return .delay(try span(from: .zero, "how much longer, such as 50ms"), try scope())
    case .reorder:
      return .reorder(try span(from: .zero, "up to how much longer, such as 20ms"), try scope())
    case .skew: return .skew(try node(), by: try clockStep())
    case .jump: return .jump(try node(), by: try clockStep())
    case .drift: return .drift(try node(), rate: try factor(0.1...10))
    case .load: return .load(try factor(0...10_000))
    case .errors: return .errors(try node(), try share())
    case .heal: return .heal
    }
  }

  /// A complaint about the current word.
  func complaint(
    _ message: String, expected: String? = nil, suggestion: String? = nil
  ) -> Diagnostic {
    Diagnostic(
      message, column: current.column,
      found: current == end ? "the end of the line" : current.text, expected: expected,
      suggestion: suggestion)
  }

  static func list(_ words: [String]) -> String { "one of: " + words.joined(separator: ", ") }
}
