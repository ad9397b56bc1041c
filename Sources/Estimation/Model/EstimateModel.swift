import Kernel

/// An estimate: statements in order, and the units and names that they define.
///
/// A name stands for its last definition everywhere, so that changing an input changes all that
/// depends on it. A refused line leaves the model as it was.
public struct EstimateModel: Sendable {
  /// The statements in the order in which they are shown.
  private(set) var statements: [Statement] = []
  /// The units that the statements may use.
  public private(set) var units = UnitTable()
  private var places: [String: Int] = [:]
  /// For each statement the place of the result that was the last one when it was written.
  private var resultsBefore: [Int?] = []
  private var lastResult: Int?
  /// The names that the text being read has defined so far.
  private var newNames: Set<String> = []
  /// Remarks on what was read, such as a name that is defined twice.
  public private(set) var warnings: [EstimateComplaint] = []

  /// An empty model.
  public init() {}

  /// The names that are defined, in the order of their definitions.
  public var names: [String] {
    statements.indices.compactMap { place in
      guard let name = definedName(place), places[name] == place else { return nil }
      return name
    }
  }

  /// Whether there is nothing in it.
  public var isEmpty: Bool { statements.isEmpty }

  /// The statements as they would stand in a file, one a line.
  public var text: String {
    statements.map { $0.text($0.range) + "\n" }.joined()
  }

  /// The place of the definition of `name`; nil when nothing is called that.
  public func definition(of name: String) -> Int? { places[name] }

  /// The place of the last statement that has a value.
  public var lastPlace: Int? {
    statements.lastIndex { statement in
      switch statement.kind {
      case .show, .define: true
      case .expect, .unit, .correlate: false
      }
    }
  }

  /// The place of the definition of `name`.
  func place(of name: String) -> Int? { places[name] }

  /// The place of the result that `_` means in the statement at `place`; nil when there is none.
  func resultBefore(_ place: Int) -> Int? { resultsBefore[place] }

  /// The name that the statement at `place` defines.
  func definedName(_ place: Int) -> String? {
    guard case .define(let name, _) = statements[place].kind else { return nil }
    return statements[place].text(name)
  }

  /// Adds the statements of `source`; returns their places.
  ///
  /// Throws at the first that cannot be read, and adds none then.
  @discardableResult
  public mutating func add(_ source: SourceText) throws(EstimateComplaint) -> [Int] {
    var changed = self
    changed.newNames = []
    var parser = Parser(source, table: units)
    var added: [Int] = []
    while let statement = try parser.statement() {
      added.append(try changed.add(statement))
      if case .unit = statement.kind { parser.table = changed.units }
    }
    self = changed
    return added
  }

  /// Reads a whole model and collects what is wrong with it, instead of stopping at the first thing.
  public static func read(
    _ source: SourceText
  ) -> (model: EstimateModel, complaints: [EstimateComplaint]) {
    var model = EstimateModel()
    var complaints: [EstimateComplaint] = []
    var parser = Parser(source, table: model.units)
    while true {
      do throws(EstimateComplaint) {
        guard let statement = try parser.statement() else { break }
        _ = try model.add(statement)
        if case .unit = statement.kind { parser.table = model.units }
      } catch {
        complaints.append(error)
        parser.skipStatement(after: error)
      }
    }
    return (model, complaints)
  }

  private mutating func add(_ statement: Statement) throws(EstimateComplaint) -> Int {
    switch statement.kind {
    case .define(let range, _):
      let name = statement.text(range)
      guard units.canBeName(name) else {
        throw EstimateComplaint(.nameIsUnit(name), at: range, in: statement.source)
      }
      defer { newNames.insert(name) }
      if let place = places[name] { return replace(place, statement, name) }
      places[name] = statements.count
    case .unit(let word, let plural):
      try declare(statement, word, plural)
    case .show, .expect, .correlate: break
    }
    statements.append(statement)
    resultsBefore.append(lastResult)
    switch statement.kind {
    case .define, .show: lastResult = statements.count - 1
    case .unit, .expect, .correlate: break
    }
    return statements.count - 1
  }

  /// Puts a new definition in the place of the old one.
  private mutating func replace(_ place: Int, _ statement: Statement, _ name: String) -> Int {
    if newNames.contains(name) {
      warnings.append(
        EstimateComplaint(.definedTwice(name), at: statement.range, in: statement.source))
    }
    statements[place] = statement
    resultsBefore[place] = lastResult
    lastResult = place
    return place
  }

  private mutating func declare(
    _ statement: Statement, _ word: SourceRange, _ plural: SourceRange?
  ) throws(EstimateComplaint) {
    let name = statement.text(word)
    let several = plural.map(statement.text) ?? Self.plural(of: name)
    do throws(UnitRefusal) {
      for taken in [name, several] where places[taken] != nil { throw .taken(taken) }
      guard let formula = statement.formula else {
        try units.declare(name, plural: several)
        return
      }
      let (scale, unit) = try amount(formula)
      try units.declare(name, plural: several, scale: scale, like: unit)
    } catch {
      var range = word
      if case .taken(several) = error, several != name, let plural { range = plural }
      throw EstimateComplaint(Self.reason(error), at: range, in: statement.source)
    }
  }

  /// A unit's own definition: a number with a unit, and nothing that could be uncertain.
  private func amount(
    _ formula: Expression
  ) throws(UnitRefusal) -> (Double, CompoundUnit) {
    guard case .quantity(let scale, let chain, _) = formula, !chain.links.isEmpty else {
      throw .badScale
    }
    var unit = CompoundUnit.one
    var whole = scale
    for link in chain.links {
      guard let part = link.unit, let next = unit.multiplied(by: part, power: link.exponent) else {
        throw .badScale
      }
      unit = next
      whole *= part.scale.raised(to: link.exponent)
    }
    return (whole / unit.scale, unit)
  }

  private static func plural(of word: String) -> String {
    if word.hasSuffix("s") || word.hasSuffix("x") || word.hasSuffix("ch") { return word + "es" }
    if word.hasSuffix("y"), let before = word.dropLast().last, !"aeiou".contains(before) {
      return word.dropLast() + "ies"
    }
    return word + "s"
  }

  private static func reason(_ refusal: UnitRefusal) -> EstimateComplaint.Reason {
    switch refusal {
    case .taken(let word): .unitTaken(word)
    case .tooMany(let limit): .tooManyUnits(limit)
    case .notTime(let word): .badUnit("A \(word) is a time, such as '30 days'.")
    case .badScale: .badUnit("A unit is declared by a number of another, such as '500 messages'.")
    }
  }
}
