/// Reads a signature by its grammar, so that the tests can tell a well-formed one.
struct SignatureGrammar {
  struct Parameter: Equatable {
    var name: String
    var hasDefault = false
    var isVariadic = false
  }

  let parameters: [Parameter]

  /// Nil for a signature that is not well-formed.
  init?(_ text: String) {
    guard text.hasPrefix("("), let close = text.firstIndex(of: ")") else { return nil }
    let rest = text[text.index(after: close)...]
    guard rest.hasPrefix(" -> ") else { return nil }
    let list = text[text.index(after: text.startIndex)..<close]
    var parameters: [Parameter] = []
    var letters: Set<Substring> = []
    for part in list.split(separator: ",", omittingEmptySubsequences: false) {
      let sides = part.drop { $0 == " " }.split(separator: ":", maxSplits: 1)
      guard sides.count == 2, Self.isName(sides[0]), sides[1].hasPrefix(" ") else { return nil }
      var parameter = Parameter(name: String(sides[0]))
      var pattern = sides[1].dropFirst()
      if pattern.hasSuffix("...") {
        parameter.isVariadic = true
        pattern = pattern.dropLast(3)
      }
      let halves = pattern.split(separator: "=")
      if halves.count == 2 {
        guard Double(halves[1].drop { $0 == " " }) != nil else { return nil }
        parameter.hasDefault = true
        pattern = halves[0].dropLast()
      }
      guard let factors = Self.factors(pattern) else { return nil }
      letters.formUnion(factors.filter(Self.isLetter))
      // Only the last one may be variadic, and none without default follows one with.
      if let last = parameters.last {
        if last.isVariadic || last.hasDefault && !parameter.hasDefault { return nil }
      }
      parameters.append(parameter)
    }
    guard let result = Self.factors(rest.dropFirst(4)),
      result.filter(Self.isLetter).allSatisfy(letters.contains), !parameters.isEmpty,
      Set(parameters.map(\.name)).count == parameters.count
    else { return nil }
    self.parameters = parameters
  }

  private static func factors(_ pattern: Substring) -> [Substring]? {
    let factors = pattern.split(omittingEmptySubsequences: false) { $0 == "*" || $0 == "/" }
    let known: [Substring] = ["1", "share", "time", "information", "money"]
    return factors.allSatisfy { known.contains($0) || isLetter($0) } ? factors : nil
  }

  private static func isLetter(_ factor: Substring) -> Bool {
    factor.count == 1 && factor.allSatisfy { $0 >= "A" && $0 <= "Z" }
  }

  private static func isName(_ text: Substring) -> Bool {
    text.first?.isLetter == true
      && text.allSatisfy { $0 >= "a" && $0 <= "z" || $0 >= "0" && $0 <= "9" || $0 == "_" }
  }
}
