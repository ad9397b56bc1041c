import Kernel

/// Finds out what unit a `?` must have: from the outside of the formula inwards, each sign says what
/// the part with the hole must be of.
struct HoleSolver {
  let run: EstimateRun
  let scope: Scope

  /// What the hole in `formula` must be of; nil when there is no hole.
  static func solve(
    _ formula: Expression, in run: EstimateRun, _ scope: Scope
  ) throws(EstimateComplaint) -> CompoundUnit? {
    guard let hole = try HoleSolver(run: run, scope: scope).hole(in: formula) else { return nil }
    let solver = HoleSolver(run: run, scope: scope)
    guard let unit = try solver.descend(formula, wanted: nil) else {
      throw scope.complaint(.holeWithoutContext, hole)
    }
    return unit
  }

  /// Where the hole stands; complains about a second one.
  private func hole(in formula: Expression) throws(EstimateComplaint) -> SourceRange? {
    var found: SourceRange?
    for part in formula.parts {
      guard let next = try hole(in: part) else { continue }
      guard found == nil else { throw scope.complaint(.secondHole, next) }
      found = next
    }
    if case .hole(let range) = formula { return range }
    return found
  }

  private func holds(_ formula: Expression) -> Bool {
    if case .hole = formula { return true }
    return formula.parts.contains { holds($0) }
  }

  /// The unit of the hole within `formula`, which must be of `wanted` where that is known.
  private func descend(
    _ formula: Expression, wanted: CompoundUnit?
  ) throws(EstimateComplaint) -> CompoundUnit? {
    switch formula {
    case .hole: return wanted
    case .negative(let inner, _): return try descend(inner, wanted: wanted)
    case .converted(let inner, let chain, _):
      return try descend(inner, wanted: run.unit(of: chain, scope))
    case .binary(let sign, let left, let right, _):
      return try binary(sign, left, right, wanted)
    case .power(let base, let exponent, _): return try power(base, exponent, wanted)
    case .range(let low, let high, _):
      let (own, other) = holds(low) ? (low, high) : (high, low)
      return try descend(own, wanted: run.evaluate(other, scope).unit)
    case .call(let call): return try self.call(call, wanted)
    case .number, .quantity, .word, .last: return nil
    }
  }

  private func binary(
    _ sign: BinaryOperator, _ left: Expression, _ right: Expression, _ wanted: CompoundUnit?
  ) throws(EstimateComplaint) -> CompoundUnit? {
    let isLeft = holds(left)
    let other = try run.evaluate(isLeft ? right : left, scope).unit
    let own = isLeft ? left : right
    switch sign {
    case .times: return try descend(own, wanted: wanted?.multiplied(by: other, power: -1))
    case .over where isLeft: return try descend(own, wanted: wanted?.multiplied(by: other))
    case .over:
      return try descend(own, wanted: wanted.flatMap { other.multiplied(by: $0, power: -1) })
    case .plus, .minus, .less, .atMost, .greater, .atLeast:
      return try descend(own, wanted: other)
    }
  }

  private func power(
    _ base: Expression, _ exponent: Expression, _ wanted: CompoundUnit?
  ) throws(EstimateComplaint) -> CompoundUnit? {
    guard holds(base) else { return try descend(exponent, wanted: .one) }
    guard let wanted, let degree = try run.evaluate(exponent, scope).magnitude.exactValue,
      degree == degree.rounded(), degree != 0, abs(degree) <= 20,
      let dimension = wanted.dimension.root(Int(degree))
    else { return nil }
    return try descend(base, wanted: run.model.units.plainUnit(of: dimension))
  }

  private func call(
    _ call: Expression.Call, _ wanted: CompoundUnit?
  ) throws(EstimateComplaint) -> CompoundUnit? {
    let name = scope.text(call.name)
    guard let function = EstimateFunctions.byName[name] else { return try builtin(call, wanted) }
    let signature = EstimateFunctions.signature(of: function)
    var bindings = Bindings()
    var own: (Expression, Signature.Pattern)?
    for (place, argument) in call.arguments.enumerated() {
      let named = argument.name.map(scope.text)
      guard
        let parameter = named.map({ word in signature.parameters.first { $0.name == word } })
          ?? signature.parameters[min(place, signature.parameters.count - 1)]
      else { continue }
      if holds(argument.value) {
        own = (argument.value, parameter.pattern)
      } else {
        _ = bindings.accept(try run.evaluate(argument.value, scope).unit, for: parameter.pattern)
      }
    }
    if let wanted { _ = bindings.accept(wanted, for: signature.result) }
    guard let own else { return nil }
    return try descend(own.0, wanted: bindings.unit(of: own.1))
  }

  /// Functions that keep the unit of what they take.
  private func builtin(
    _ call: Expression.Call, _ wanted: CompoundUnit?
  ) throws(EstimateComplaint) -> CompoundUnit? {
    guard let own = call.arguments.map(\.value).first(where: holds) else { return nil }
    switch BuiltinFunction.byName[scope.text(call.name)] {
    case .exp, .ln, .log2, .log10, .beta: return try descend(own, wanted: .one)
    case .ceil, .floor, .round, .abs: return try descend(own, wanted: wanted)
    case .min, .max, .normal, .lognormal, .uniform, .triangular, .empirical:
      let others = call.arguments.map(\.value).filter { !holds($0) }
      guard let first = others.first else { return try descend(own, wanted: wanted) }
      return try descend(own, wanted: run.evaluate(first, scope).unit)
    case .sqrt, .choose, .mix, .cost, nil: return nil
    }
  }
}

extension Expression {
  /// The formulas that this one consists of.
  var parts: [Expression] {
    switch self {
    case .number, .quantity, .word, .last, .hole: []
    case .binary(_, let left, let right, _), .power(let left, let right, _),
      .range(let left, let right, _):
      [left, right]
    case .negative(let inner, _), .converted(let inner, _, _): [inner]
    case .call(let call): call.arguments.map(\.value)
    }
  }
}
