import Kernel

extension Condition {
  /// Reads a condition; `units` gives the figures that exist, with their units.
  ///
  /// The grammar: clauses joined by `and`, each `NAME < | <= | > | >= | = | != VALUE`, where `=`
  /// takes `VALUE ± TOLERANCE` (or `+-`) and `LOW to HIGH` too.
  public init(_ text: String, units: [(name: String, unit: Unit)]) throws(Diagnostic) {
    var clauses: [Clause] = []
    var column = 1
    for part in Self.split(text, by: " and ") {
      clauses.append(try Self.clause(part, column: column, units: units))
      column += part.count + " and ".count
    }
    self.init(clauses: clauses)
  }

  private static let signs = ["<=", ">=", "!=", "<", ">", "="]

  private static func clause(
    _ text: String, column: Int, units: [(name: String, unit: Unit)]
  ) throws(Diagnostic) -> Clause {
    let characters = Array(text)
    guard let place = characters.firstIndex(where: { "<>=!".contains($0) }),
      let sign = signs.first(where: { characters[place...].starts(with: Array($0)) })
    else {
      throw Diagnostic(
        "'\(text)' compares nothing.", column: column, found: text,
        expected: "a comparison such as 'p99 < 50 ms'")
    }
    let name = trimmed(String(characters[..<place]))
    guard let unit = units.first(where: { $0.name == name })?.unit else {
      throw .unknown("figure", name, known: units.map(\.name), column: column)
    }
    let valueText = trimmed(String(characters[(place + sign.count)...]))
    let valueColumn = column + place + sign.count + 1
    func value(_ text: String) throws(Diagnostic) -> Double {
      guard let value = unit.value(from: trimmed(text)) else {
        throw Diagnostic(
          "'\(trimmed(text))' is no value of \(name).", column: valueColumn, found: trimmed(text),
          expected: "a value such as \(unit.example)")
      }
      return value
    }
    let comparison: Comparison
    switch sign {
    case "<": comparison = .below(try value(valueText))
    case "<=": comparison = .atMost(try value(valueText))
    case ">": comparison = .above(try value(valueText))
    case ">=": comparison = .atLeast(try value(valueText))
    case "!=": comparison = .not(try value(valueText))
    default:
      let spread = split(valueText.replacing("+-", with: "±"), by: "±")
      if spread.count == 2 {
        let middle = try value(spread[0])
        let tolerance = try value(spread[1])
        comparison = .within(middle - tolerance, middle + tolerance)
      } else if split(valueText, by: " to ").count == 2 {
        let range = try Prediction(valueText, unit: unit)
        comparison = .within(range.low, range.high)
      } else {
        let exact = try value(valueText)
        comparison = .within(exact, exact)
      }
    }
    return Clause(name: name, unit: unit, comparison: comparison)
  }

  static func split(_ text: String, by separator: String) -> [String] {
    var parts: [String] = []
    var rest = text[...]
    while let range = rest.firstRange(of: separator) {
      parts.append(String(rest[..<range.lowerBound]))
      rest = rest[range.upperBound...]
    }
    return parts + [String(rest)]
  }

  static func trimmed(_ text: String) -> String {
    var view = text[...]
    while view.first?.isWhitespace == true { view.removeFirst() }
    while view.last?.isWhitespace == true { view.removeLast() }
    return String(view)
  }
}
