import Kernel

/// What a function takes and yields, read from its signature text.
struct Signature: Sendable {
  /// A product of powers: of dimensions that are known, and of letters that stand for any.
  struct Pattern: Sendable, Hashable {
    /// The known part.
    var dimension = Dimension.one
    /// The letter that stands for any dimension, and its exponent.
    var letter: Character?
    var exponent = 0
    /// Whether it is a plain number that reads best in percent.
    var isShare = false
  }

  /// One parameter.
  struct Parameter: Sendable {
    let name: String
    let pattern: Pattern
    /// The formula that stands for it when it is left out.
    let standard: String?
    /// Whether any number of arguments may follow.
    let isVariadic: Bool
  }

  let parameters: [Parameter]
  let result: Pattern

  /// Reads `(rate: A/time, service: time, servers: B = 1) -> time`.
  ///
  /// Signatures are part of the program; a broken one traps.
  init(_ text: String) {
    let sides = text.split(separator: "->", maxSplits: 1).map { $0.filter { $0 != " " } }
    precondition(sides.count == 2, "a signature has a result: \(text)")
    let inner = sides[0].dropFirst().dropLast()
    parameters = inner.split(separator: ",").map { part in
      let halves = part.split(separator: ":", maxSplits: 1).map(String.init)
      precondition(halves.count == 2, "a parameter has a name and a pattern: \(text)")
      let values = halves[1].split(separator: "=", maxSplits: 1).map(String.init)
      let isVariadic = values[0].hasSuffix("...")
      return Parameter(
        name: halves[0], pattern: Pattern(isVariadic ? String(values[0].dropLast(3)) : values[0]),
        standard: values.count > 1 ? values[1] : nil, isVariadic: isVariadic)
    }
    result = Pattern(sides[1])
  }
}

extension Signature.Pattern {
  /// Reads `A/time`, `share`, `information`, `1`.
  init(_ text: String) {
    var sign = 1
    var word = ""
    for character in text + "*" {
      guard character == "*" || character == "/" else {
        word.append(character)
        continue
      }
      take(word, sign)
      word = ""
      sign = character == "/" ? -1 : 1
    }
  }

  private mutating func take(_ word: String, _ sign: Int) {
    switch word {
    case "1": break
    case "share": isShare = true
    case "time": multiply(StandardUnits.time, sign)
    case "information": multiply(StandardUnits.information, sign)
    case "money": multiply(StandardUnits.money, sign)
    default:
      precondition(word.count == 1 && letter == nil, "a pattern has one letter: \(word)")
      letter = word.first
      exponent = sign
    }
  }

  private mutating func multiply(_ factor: Dimension, _ sign: Int) {
    dimension = dimension.multiplied(by: factor, power: sign) ?? dimension
  }
}

/// Which dimension and unit each letter of a signature stands for in one call.
struct Bindings {
  private var bound: [(letter: Character, unit: CompoundUnit)] = []

  private func unit(of letter: Character) -> CompoundUnit? {
    bound.first { $0.letter == letter }?.unit
  }

  /// Takes an argument's unit for a pattern; false when it does not fit.
  mutating func accept(_ unit: CompoundUnit, for pattern: Signature.Pattern) -> Bool {
    guard let letter = pattern.letter else { return unit.dimension == pattern.dimension }
    if self.unit(of: letter) != nil { return dimension(of: pattern) == unit.dimension }
    let known = StandardUnits.plainUnit(of: pattern.dimension)
    guard let rest = unit.multiplied(by: known, power: -1) else { return false }
    let turned = pattern.exponent == 1 ? rest : CompoundUnit.one.multiplied(by: rest, power: -1)
    guard let turned else { return false }
    bound.append((letter, turned))
    return true
  }

  /// The unit that a pattern stands for, when its letter is bound.
  func unit(of pattern: Signature.Pattern) -> CompoundUnit? {
    let known = StandardUnits.plainUnit(of: pattern.dimension)
    guard let letter = pattern.letter else { return known }
    guard let own = unit(of: letter) else { return nil }
    return CompoundUnit.one.multiplied(by: own, power: pattern.exponent)?.multiplied(by: known)
  }

  private func dimension(of pattern: Signature.Pattern) -> Dimension? {
    unit(of: pattern)?.dimension
  }
}
