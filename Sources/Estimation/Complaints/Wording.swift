/// Complaints in sentences.
struct Wording {
  var message: String
  /// Facts below the message, such as the dimensions of both sides.
  var details: [String] = []
  /// What would have been right.
  var expected: String?
  /// What to try.
  var advice: String?
  /// The nearest known word.
  var suggestion: String?

  /// The sentences for `reason`.
  static func of(_ reason: EstimateComplaint.Reason) -> Wording {
    switch reason {
    case .brokenNumber:
      Wording(message: "This is no number.", expected: "a number such as 1.5, 2M or 3e9")
    case .numberTooLarge: Wording(message: "This number is too large to reckon with.")
    case .thousandsComma:
      Wording(
        message: "A comma does not group digits here.",
        advice: "Write 1000 or 1_000; between arguments put a space after the comma.")
    case .unknownSign:
      Wording(
        message: "This sign means nothing here.",
        expected: "one of: + - * / ^ ( ) , = -> < <= > >= % $ ? #")
    case .expected(let what): Wording(message: "Something else belongs here.", expected: what)
    case .notClosed:
      Wording(message: "This parenthesis is not closed.", expected: "a ')' further on")
    case .notOpened: Wording(message: "This ')' closes nothing.")
    case .strayEquals:
      Wording(
        message: "A name belongs before the '=', and nothing else.",
        advice: "Write 'name = formula', or a formula alone.")
    case .endsEarly:
      Wording(message: "The line ends too early.", expected: "a number, a name or '('")
    case .doubleRange:
      Wording(message: "A range has two ends only.", expected: "LOW to HIGH")
    case .tooDeep: Wording(message: "This formula nests too deep; give a part of it a name.")
    case .missingOperator(let word):
      Wording(
        message: "Between the part before and '\(word)' an operator is missing.",
        advice: word == "in" ? "To convert, write '-> UNIT'." : "To multiply, write '*'.")
    case .billion(let number):
      Wording(
        message: "'\(number)B' is \(number) bytes here, and bytes of something make no sense.",
        advice: "For a billion write \(number)G or \(number) billion.")
    case .keyword(let word):
      Wording(message: "'\(word)' is a word of the language and cannot stand here.")
    default: named(reason)
    }
  }

  private static func named(_ reason: EstimateComplaint.Reason) -> Wording {
    switch reason {
    case .unknownWord(let word, let nearest, let hint):
      Wording(
        message: "There is no name or unit called '\(word)'.",
        advice: hint ?? (nearest == nil ? "Define it first: \(word) = …" : nil),
        suggestion: nearest)
    case .unknownUnit(let word, let nearest, let hint):
      Wording(
        message: "There is no unit called '\(word)'.",
        advice: hint ?? (nearest == nil ? "A countable can be declared: unit \(word)" : nil),
        suggestion: nearest)
    case .unknownFunction(let word, let nearest):
      Wording(
        message: "There is no function called '\(word)'.",
        advice: nearest == nil ? "'functions' lists them; to multiply, write '*'." : nil,
        suggestion: nearest)
    case .functionWithoutCall(let usage):
      Wording(message: "A function needs its arguments.", expected: usage)
    case .nameBehindNumber(let word):
      Wording(
        message: "'\(word)' is a name, and a name cannot stand behind a number like a unit.",
        advice: "To multiply, write '* \(word)'.")
    case .nameIsUnit(let word):
      Wording(
        message: "'\(word)' is a unit, so it cannot name a value.",
        advice: "Choose a longer name, such as total_\(word).")
    case .ambiguousWord(let word, let other):
      Wording(
        message: "'\(word)' is a unit and the name of a value here; which is meant cannot be told.",
        advice: "Write (\(word)) for the value, or \(other) for the unit.")
    case .dependsOnItself(let path):
      Wording(
        message: "'\(path[0])' depends on itself: \(path.joined(separator: " -> ")).",
        advice: "Give the new value a name of its own.")
    case .noLast: Wording(message: "There is no result before this that '_' could mean.")
    case .unitTaken(let word):
      Wording(message: "'\(word)' is a unit or a name already.", advice: "Choose another word.")
    case .tooManyUnits(let limit):
      Wording(message: "A model declares at most \(limit) units of its own.")
    case .badUnit(let why): Wording(message: why)
    default: dimensions(reason)
    }
  }
}
