import Kernel

extension EstimateRun {
  var arithmetic: Arithmetic {
    Arithmetic(drawing: { [self] form in draws(of: form) }, count: options.samples)
  }

  /// The value of a formula.
  func evaluate(_ formula: Expression, _ scope: Scope) throws(EstimateComplaint) -> Value {
    guard enter() else { throw scope.complaint(.longChain, formula.range) }
    defer { leave() }
    switch formula {
    case .number(let value, _): return .number(value)
    case .quantity(let number, let chain, _): return try quantity(number, chain, scope)
    case .word(let range): return try word(range, scope)
    case .last(let range): return try last(range, scope)
    case .hole(let range): throw scope.complaint(.holeInUse, range)
    case .negative(let inner, _):
      var value = try evaluate(inner, scope)
      value.magnitude = arithmetic.negative(value.magnitude)
      return value
    case .binary(let sign, let left, let right, let range):
      return try binary(sign, left, right, range, scope)
    case .power(let base, let exponent, let range):
      return try power(base, exponent, range, scope)
    case .range(let low, let high, let range): return try self.range(low, high, range, scope)
    case .call(let call): return try self.call(call, scope)
    case .converted(let inner, let chain, _):
      return try converted(evaluate(inner, scope), inner, chain, scope)
    }
  }

  // MARK: Words

  func quantity(
    _ number: Double, _ chain: UnitChain, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    guard !chain.links.isEmpty else {
      return Value(magnitude: .exact(number), unit: .one, isShare: true)
    }
    let (unit, scale) = try measure(of: chain, scope)
    return Value(magnitude: .exact(number * scale), unit: unit)
  }

  /// The unit that a chain of words means.
  func unit(of chain: UnitChain, _ scope: Scope) throws(EstimateComplaint) -> CompoundUnit {
    try measure(of: chain, scope).unit
  }

  /// The unit that a chain of words means, and how many base units the chain is.
  ///
  /// The two differ where like units meet: `min/day` is a plain number, and a small one.
  func measure(
    of chain: UnitChain, _ scope: Scope
  ) throws(EstimateComplaint) -> (unit: CompoundUnit, scale: Double) {
    var unit = CompoundUnit.one
    var scale = 1.0
    var count = 0
    for (place, link) in chain.links.enumerated() {
      let text = scope.text(link.word)
      guard let part = model.units.settled(text, link.unit) else {
        throw unknownUnit(text, link.word, scope)
      }
      if place > 0, model.place(of: text) != nil, let other = otherForm(text, part) {
        throw scope.complaint(.ambiguousWord(text, other: other), link.word)
      }
      note(text)
      guard let product = unit.multiplied(by: part, power: link.exponent) else {
        throw scope.complaint(.tooManyDimensions, chain.range)
      }
      unit = product
      scale *= part.scale.raised(to: link.exponent)
      count += part.terms.count
    }
    return (unit, count == unit.terms.count ? unit.scale : scale)
  }

  /// The singular of a plural and the other way round.
  private func otherForm(_ text: String, _ unit: CompoundUnit) -> String? {
    guard let atom = unit.terms.first?.atom else { return nil }
    return atom.symbol == text ? atom.plural : atom.symbol
  }

  private func unknownUnit(
    _ text: String, _ range: SourceRange, _ scope: Scope
  ) -> EstimateComplaint {
    let isName = model.place(of: text) != nil
    return scope.complaint(isName ? .nameBehindNumber(text) : model.units.unknown(text), range)
  }

  /// Notes conventions and easy slips that a unit word brings in.
  private func note(_ text: String) {
    guard let kind = UnitHints.remarkable[text] else { return }
    switch kind {
    case .kilobyte: remark(.kilobyte)
    case .bits: remark(.bits(text))
    case .month: remark(.month(model.units.month))
    case .year: remark(.year(model.units.year))
    }
  }

  private func word(_ range: SourceRange, _ scope: Scope) throws(EstimateComplaint) -> Value {
    let text = scope.text(range)
    if scope.place >= 0, let place = model.place(of: text) { return try value(at: place) }
    if let unit = model.units.unit(text) {
      note(text)
      return Value(magnitude: .exact(unit.scale), unit: unit)
    }
    if let constant = try constant(text, range, scope) { return try value(of: constant) }
    if let page = FunctionPages.page(text) {
      throw scope.complaint(.functionWithoutCall(page.usage), range)
    }
    throw scope.complaint(
      .unknownWord(text, nearest: try nearest(to: text), hint: UnitHints.hint(text)), range)
  }

  private func constant(
    _ text: String, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> EstimateConstant? {
    do { return try reference.constant(text) } catch {
      throw scope.complaint(.reference(error.description), range)
    }
  }

  private func nearest(to text: String) throws(EstimateComplaint) -> String? {
    let constants = (try? reference.content().constants.map(\.id)) ?? []
    return NearestWord.nearest(to: text, in: model.names + model.units.words + constants)
  }

  private func last(_ range: SourceRange, _ scope: Scope) throws(EstimateComplaint) -> Value {
    guard scope.place >= 0, let place = model.resultBefore(scope.place) else {
      throw scope.complaint(.noLast, range)
    }
    return try value(at: place)
  }

  /// A side of a sum or a comparison, for messages.
  func side(_ formula: Expression, _ value: Value, _ scope: Scope) -> EstimateComplaint.Side {
    EstimateComplaint.Side(
      text: scope.text(formula.range), dimension: model.units.name(of: value.dimension),
      unit: value.unit.text)
  }

  /// What the left side lacks to be of the right side's dimension.
  func missing(_ left: Value, _ right: Value) -> EstimateComplaint.Missing {
    if left.dimension.isOne || right.dimension.isOne {
      let unit = left.dimension.isOne ? right.unit : left.unit
      return .unit(FigureText.quantity(5 * unit.scale, unit))
    }
    guard let lacking = right.dimension.divided(by: left.dimension) else { return .nothing }
    if left.dimension.multiplied(by: right.dimension)?.isOne == true { return .inverse }
    // Two things that have nothing in common lack no factor: one of them stands in the wrong place.
    let bases = left.dimension.factors.map(\.base)
    let isRelated = right.dimension.factors.contains { bases.contains($0.base) }
    let isPlain = lacking.factors.allSatisfy { abs($0.exponent) == 1 }
    guard isPlain, isRelated || lacking.factors.count == 1 else { return .nothing }
    if lacking.factors.allSatisfy({ $0.exponent < 0 }),
      let divisor = Dimension.one.divided(by: lacking),
      let unit = left.unit.multiplied(by: right.unit, power: -1)
    {
      return .divisor(unit: unit.text, dimension: model.units.name(of: divisor))
    }
    let unit = right.unit.multiplied(by: left.unit, power: -1)
    return .factor(unit: unit?.text ?? "", dimension: model.units.name(of: lacking))
  }
}
