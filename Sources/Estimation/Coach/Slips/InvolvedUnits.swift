/// The units that take part in a step, which say which slips can occur.
///
/// They are those of its formula, of the values it uses directly, of its result and of the answer.
struct InvolvedUnits {
  private var units: [CompoundUnit] = []
  /// Spans of time that take part, such as a retention of 90 days, in seconds.
  private var spans: [Double] = []

  /// The longest unit or span of time among them, in seconds; nil when there is no time.
  var longestTime: Double? { (spans + atoms(of: StandardUnits.time).map(\.scale)).max() }

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
    case .quantity(let number, let chain, _):
      add(chain)
      if chain.links.count == 1, let unit = chain.links[0].unit { add(number * unit.scale, unit) }
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

  private mutating func add(_ magnitude: Double, _ unit: CompoundUnit) {
    add(unit)
    if unit.dimension == StandardUnits.time { spans.append(magnitude) }
  }

  private mutating func addWord(_ word: String, in run: EstimateRun) throws(EstimateComplaint) {
    if let place = run.model.place(of: word) {
      let value = try run.value(at: place)
      add(value.magnitude.exactValue ?? 0, value.unit)
    } else if let unit = run.model.units.unit(word) {
      add(unit)
    } else if let constant = try? run.reference.constant(word) {
      add(try run.value(of: constant).unit)
    }
  }
}
