/// The units that take part in a step: those of its formula, of the values it uses directly, of its
/// result and of the answer. They say which slips can occur.
struct InvolvedUnits {
  private var units: [CompoundUnit] = []

  /// The longest unit of time among them, in seconds; nil when there is no time.
  var longestTime: Double? { atoms(of: StandardUnits.time).map(\.scale).max() }

  /// Whether information takes part.
  var hasInformation: Bool { !atoms(of: StandardUnits.information).isEmpty }

  private func atoms(of dimension: Dimension) -> [UnitAtom] {
    units.flatMap(\.terms).map(\.atom).filter { $0.dimension == dimension }
  }

  mutating func add(_ unit: CompoundUnit) { units.append(unit) }

  /// Adds what takes part in a formula.
  mutating func add(
    _ formula: Expression, of statement: Statement, in run: EstimateRun
  ) throws(EstimateComplaint) {
    switch formula {
    case .number, .last, .hole: break
    case .quantity(_, let chain, _): add(chain)
    case .word(let range): try addWord(statement.text(range), in: run)
    case .binary(_, let left, let right, _), .power(let left, let right, _),
      .range(let left, let right, _):
      try add(left, of: statement, in: run)
      try add(right, of: statement, in: run)
    case .negative(let inner, _): try add(inner, of: statement, in: run)
    case .converted(let inner, let chain, _):
      add(chain)
      try add(inner, of: statement, in: run)
    case .call(let call):
      for argument in call.arguments { try add(argument.value, of: statement, in: run) }
    }
  }

  private mutating func add(_ chain: UnitChain) {
    for link in chain.links { if let unit = link.unit { add(unit) } }
  }

  private mutating func addWord(_ word: String, in run: EstimateRun) throws(EstimateComplaint) {
    if let place = run.model.place(of: word) {
      add(try run.value(at: place).unit)
    } else if let unit = run.model.units.unit(word) {
      add(unit)
    } else if let constant = try? run.reference.constant(word) {
      add(try run.value(of: constant).unit)
    }
  }
}
