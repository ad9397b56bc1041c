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
        message: "Within parentheses a comma parts arguments and does not group digits.",
        advice: "Write 1000 or 1_000; between two arguments put a space behind the comma.")
    case .digitGroups:
      Wording(
        message: "A space ends a number.",
        advice: "To group digits, write 10_000 or 10,000; to multiply, write '*'.")
    case .decimalComma(let number):
      Wording(
        message: "A comma does not begin the decimals here.",
        advice: number.contains(".")
          ? "A point begins the decimals, and commas group three digits before it."
          : "Write \(number.split(separator: ",").joined(separator: ".")) with a point.")
    case .unknownSign(let sign): self.sign(sign)
    case .expected(let what, let instead):
      Wording(message: "'\(instead)' cannot stand here.", expected: what)
    case .notClosed:
      Wording(message: "This parenthesis is not closed.", expected: "a ')' further on")
    case .notOpened: Wording(message: "This ')' closes nothing.")
    default: statement(reason)
    }
  }

  private static func statement(_ reason: EstimateComplaint.Reason) -> Wording {
    switch reason {
    case .strayEquals:
      Wording(
        message: "A line has one '=' only, and before it one name and nothing else.",
        advice: "Write 'name = formula', or a formula alone.")
    case .colon:
      Wording(
        message: "A ':' stands only behind the name of an argument.",
        advice: "To define a name, write 'name = formula'.")
    case .endsEarly(let what): Wording(message: "The line ends too early.", expected: what)
    case .doubleRange:
      Wording(message: "A range has two ends only.", expected: "LOW to HIGH")
    case .doubleComparison:
      Wording(
        message: "A comparison has two sides only.",
        advice: "Give the first one a name, or write it on a line of its own.")
    case .tooDeep: Wording(message: "This formula is too long; give a part of it a name.")
    case .doubled(let signs):
      Wording(message: "'\(signs)' means nothing here.", advice: advice(onDoubled: signs))
    case .missingOperator(let word):
      Wording(
        message: "Between the part before and '\(word)' an operator is missing.",
        advice: ["in", "as", "into"].contains(word)
          ? "To convert, write '-> UNIT'." : "To multiply, write '*'; to add a remark, '#'.")
    case .spacedName(let name):
      Wording(message: "A name is one word.", advice: "Write '\(name) = …'.")
    case .billion(let number):
      Wording(
        message: "'\(number)B' is \(number) bytes here, and bytes of something make no sense.",
        advice: "For a billion write \(number)G or \(number) billion.")
    case .keyword(let word):
      Wording(
        message: "'\(word)' is a word of the language and cannot stand here.",
        advice: "Choose another name.")
    default: named(reason)
    }
  }

  private static func advice(onDoubled signs: String) -> String {
    switch signs {
    case "==": "To define a name, write one '='; to compare, <, <=, > or >=."
    case "=>": "To convert, write '->'; at least is '>='."
    case "**": "For a power, write '^'."
    default: "A remark begins with '#'."
    }
  }

  /// What to say of a sign that the language does not have.
  private static func sign(_ sign: String) -> Wording {
    let scalar = sign.unicodeScalars.first ?? " "
    if scalar.properties.isAlphabetic {
      return Wording(
        message: "'\(sign)' cannot be part of a name.",
        expected: "the letters a to z, digits and '_'")
    }
    if scalar.properties.isWhitespace || scalar.properties.generalCategory == .format
      || scalar.properties.generalCategory == .control
    {
      let number = String(scalar.value, radix: 16, uppercase: true)
      return Wording(
        message: "Here stands a sign that cannot be seen (U+\(number)).", advice: "Delete it.")
    }
    switch sign {
    case "€", "£", "¥", "₹":
      return Wording(
        message: "Money is in dollars here, and '\(sign)' is not known.",
        advice: "Exchange rates change, so convert first and write $.")
    case "±", "~", "≈", "–", "—":
      return Wording(
        message: "'\(sign)' means nothing here.",
        advice: "To say how far a figure may lie off, write a range: 4 to 6.")
    case ".":
      return Wording(
        message: "A point needs digits on both sides.", advice: "Write 5 or 5.0; a range is 4 to 6."
      )
    default:
      return Wording(
        message: "'\(sign)' means nothing here.",
        expected: "one of: + - * / ^ ( ) , = -> < <= > >= % $ ? #")
    }
  }

  private static func singular(_ word: String) -> Substring {
    word.count > 3 && word.hasSuffix("s") ? word.dropLast() : word[...]
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
        advice: hint ?? "If it is something to count, declare it: 'unit \(singular(word))'.",
        suggestion: nearest)
    case .unknownFunction(let word, let nearest):
      Wording(
        message: "There is no function called '\(word)'.",
        advice: nearest == nil ? "'estimate functions' lists them; to multiply, write '*'." : nil,
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
    case .longChain:
      Wording(
        message: "More names hang on each other here than can be followed.",
        advice: "Define what others need first.")
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
