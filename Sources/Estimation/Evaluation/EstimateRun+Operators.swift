import Kernel

extension EstimateRun {
  func binary(
    _ sign: BinaryOperator, _ left: Expression, _ right: Expression, _ range: SourceRange,
    _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let first = try evaluate(left, scope)
    let second = try evaluate(right, scope)
    switch sign {
    case .times: return try product(first, second, range, scope)
    case .over:
      if case .number = left, case .quantity(_, let chain, let place) = right,
        !chain.links.isEmpty, !scope.text(place).hasPrefix("(")
      {
        remark(.divisor(scope.text(range)))
      }
      if second.magnitude.exactValue == 0 {
        throw scope.complaint(.notFinite("This divides by zero."), right.range)
      }
      return try quotient(first, second, range, scope)
    case .plus, .minus:
      let joint: EstimateComplaint.Joint = sign == .plus ? .sum : .difference
      try require(joint, (left, first), (right, second), scope)
      return Value(
        magnitude: arithmetic.sum(
          first.magnitude, second.magnitude, sign: sign == .plus ? 1 : -1),
        unit: first.unit, isShare: Self.isShare(first, second))
    case .less, .atMost, .greater, .atLeast:
      try require(.comparison, (left, first), (right, second), scope)
      let holds: (Double, Double) -> Double = Self.comparison(sign)
      return Value(
        magnitude: arithmetic.combine(first.magnitude, second.magnitude, holds), unit: .one,
        isTruth: true)
    }
  }

  /// Whether a sum reads best in percent: both parts do, or the other one is the whole: `1 - 40%`.
  private static func isShare(_ first: Value, _ second: Value) -> Bool {
    (first.isShare || first.magnitude.exactValue == 1)
      && (second.isShare || second.magnitude.exactValue == 1)
      && (first.isShare || second.isShare)
  }

  private static func comparison(_ sign: BinaryOperator) -> (Double, Double) -> Double {
    switch sign {
    case .less: { $0 < $1 ? 1 : 0 }
    case .atMost: { $0 <= $1 ? 1 : 0 }
    case .greater: { $0 > $1 ? 1 : 0 }
    case .atLeast, .plus, .minus, .times, .over: { $0 >= $1 ? 1 : 0 }
    }
  }

  func product(
    _ left: Value, _ right: Value, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    note(left.unit, times: right.unit, power: 1, at: scope.place)
    guard let unit = left.unit.multiplied(by: right.unit) else {
      throw scope.complaint(.tooManyDimensions, range)
    }
    return Value(
      magnitude: arithmetic.product(left.magnitude, right.magnitude), unit: unit,
      isShare: left.isShare && right.isShare)
  }

  func quotient(
    _ left: Value, _ right: Value, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    note(left.unit, times: right.unit, power: -1, at: scope.place)
    guard let unit = left.unit.multiplied(by: right.unit, power: -1) else {
      throw scope.complaint(.tooManyDimensions, range)
    }
    return Value(
      magnitude: arithmetic.quotient(left.magnitude, right.magnitude), unit: unit)
  }

  /// Refuses two sides that are not of one dimension.
  func require(
    _ joint: EstimateComplaint.Joint, _ left: (Expression, Value), _ right: (Expression, Value),
    _ scope: Scope
  ) throws(EstimateComplaint) {
    guard left.1.dimension != right.1.dimension else { return }
    throw scope.complaint(
      .differ(
        joint, left: side(left.0, left.1, scope), right: side(right.0, right.1, scope),
        missing: missing(left.1, right.1)), right.0.range)
  }

  func power(
    _ base: Expression, _ exponent: Expression, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let value = try evaluate(base, scope)
    let power = try evaluate(exponent, scope)
    guard power.dimension.isOne else {
      throw scope.complaint(
        .notPlain(what: "An exponent", side(exponent, power, scope)), exponent.range)
    }
    guard !value.unit.isOne else {
      return Value(
        magnitude: arithmetic.power(value.magnitude, power.magnitude), unit: .one)
    }
    guard let exact = power.magnitude.exactValue, exact == exact.rounded(), abs(exact) <= 20 else {
      throw scope.complaint(.unevenPower, exponent.range)
    }
    guard let unit = CompoundUnit.one.multiplied(by: value.unit, power: Int(exact)) else {
      throw scope.complaint(.tooManyDimensions, range)
    }
    return Value(magnitude: arithmetic.power(value.magnitude, power.magnitude), unit: unit)
  }

  /// A value in the unit that was asked for.
  func converted(
    _ value: Value, _ formula: Expression, _ chain: UnitChain, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let (unit, scale) = try measure(of: chain, scope)
    guard unit.dimension == value.dimension else {
      let wanted = Value(magnitude: .exact(unit.scale), unit: unit)
      throw scope.complaint(
        .differ(
          .conversion, left: side(formula, value, scope),
          right: EstimateComplaint.Side(
            text: scope.text(chain.range), dimension: model.units.name(of: unit.dimension),
            unit: unit.text), missing: missing(value, wanted)), chain.range)
    }
    // What is divided by itself goes away wholly: only the conversions of that are news.
    if story != nil {
      let conversions = value.unit.cancelling(with: unit, power: -1).conversions
      story?[scope.place, default: .init()].conversions += conversions
    }
    if scale != unit.scale, let like = like(chain, scope) {
      throw scope.complaint(
        .likeUnits(like.0, like.1, whole: scope.text(chain.range)), chain.range)
    }
    var result = value
    result.unit = unit
    result.isShare = chain.links.isEmpty
    result.isConverted = true
    return result
  }

  /// Two words of a unit that measure the same by different scales.
  private func like(_ chain: UnitChain, _ scope: Scope) -> (String, String)? {
    for (place, link) in chain.links.enumerated() {
      for other in chain.links[..<place] {
        let isLike =
          link.unit?.terms.contains { term in
            other.unit?.terms.contains {
              $0.atom.dimension == term.atom.dimension && $0.atom != term.atom
            } ?? false
          } ?? false
        if isLike { return (scope.text(other.word), scope.text(link.word)) }
      }
    }
    return nil
  }

  // MARK: Ranges

  func range(
    _ low: Expression, _ high: Expression, _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    if case .word(let word) = high, model.place(of: scope.text(word)) == nil,
      model.units.unit(scope.text(word)) != nil
    {
      throw scope.complaint(.rangeToUnit(scope.text(word)), word)
    }
    let bottom = try evaluate(low, scope)
    let top = try evaluate(high, scope)
    if bottom.dimension != top.dimension, top.dimension.isOne {
      throw scope.complaint(.rangeEndWithoutUnit(scope.text(high.range)), high.range)
    }
    try require(.range, (low, bottom), (high, top), scope)
    guard let first = bottom.magnitude.exactValue else {
      throw scope.complaint(.rangeEndUncertain, low.range)
    }
    guard let second = top.magnitude.exactValue else {
      throw scope.complaint(.rangeEndUncertain, high.range)
    }
    guard first <= second else { throw scope.complaint(.rangeUpsideDown, range) }
    let unit = top.unit
    let isShare = top.isShare
    guard first < second else {
      return Value(magnitude: .exact(first), unit: unit, isShare: isShare)
    }
    return input(.range(first, second), unit: unit, isShare: isShare, range, scope)
  }

  /// An uncertain input that stands at `range`.
  func input(
    _ shape: InputShape, unit: CompoundUnit, isShare: Bool, _ range: SourceRange, _ scope: Scope
  ) -> Value {
    let stream = scope.nextStream()
    let number = number(
      of: EstimateInput(
        label: scope.label(of: range), stream: stream, shape: shape, unit: unit,
        isShare: isShare), key: stream)
    return Value(magnitude: magnitude(of: number), unit: unit, isShare: isShare)
  }
}
