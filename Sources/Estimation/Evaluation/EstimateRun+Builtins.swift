import Kernel

extension EstimateRun {
  func builtin(
    _ function: BuiltinFunction, _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    switch function {
    case .min: return try fold(call, function, scope) { $0 < $1 ? $0 : $1 }
    case .max: return try fold(call, function, scope) { $0 > $1 ? $0 : $1 }
    case .ceil: return try rounded(call, function, scope, Self.ceiling)
    case .floor: return try rounded(call, function, scope) { -Self.ceiling(-$0) }
    case .round: return try rounded(call, function, scope) { $0.rounded(.toNearestOrAwayFromZero) }
    case .abs:
      var value = try single(call, function, scope)
      value.magnitude = arithmetic.map(value.magnitude) { Swift.abs($0) }
      return value
    case .sqrt: return try root(call, function, scope)
    case .exp: return try plain(call, function, scope, PortableMath.exp)
    case .ln: return try plain(call, function, scope, PortableMath.log)
    case .log2: return try plain(call, function, scope, PortableMath.log2)
    case .log10: return try plain(call, function, scope, PortableMath.log10)
    case .choose: return try choose(call, function, scope)
    case .normal, .lognormal, .uniform, .triangular, .beta, .empirical, .mix:
      return try distribution(function, call, scope)
    case .cost: return try cost(call, scope)
    }
  }

  /// The next whole number; what is whole but for the last bits counts as whole.
  private static func ceiling(_ value: Double) -> Double {
    let nearest = value.rounded(.toNearestOrAwayFromZero)
    return Swift.abs(value - nearest) <= Swift.abs(value) * 1e-9 ? nearest : value.rounded(.up)
  }

  // MARK: Arguments

  func count(
    _ counts: ClosedRange<Int>, _ call: Expression.Call, _ function: BuiltinFunction,
    _ scope: Scope
  ) throws(EstimateComplaint) {
    guard counts.contains(call.arguments.count) else {
      throw scope.complaint(
        .argumentCount(
          function: function.rawValue, usage: function.page.usage, given: call.arguments.count),
        call.range)
    }
    if let named = call.arguments.compactMap(\.name).first {
      throw scope.complaint(
        .unknownArgument(scope.text(named), nearest: nil, usage: function.page.usage), named)
    }
  }

  private func single(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    try count(1...1, call, function, scope)
    return try evaluate(call.arguments[0].value, scope)
  }

  /// An argument that must be a plain number.
  func plainValue(
    _ formula: Expression, _ what: String, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let value = try evaluate(formula, scope)
    guard value.dimension.isOne else {
      throw scope.complaint(.notPlain(what: what, side(formula, value, scope)), formula.range)
    }
    return value
  }

  /// An argument that must be one number.
  func exactValue(
    _ formula: Expression, _ what: String, _ scope: Scope
  ) throws(EstimateComplaint) -> (Double, Value) {
    let value = try evaluate(formula, scope)
    guard let exact = value.magnitude.exactValue else {
      throw scope.complaint(.mustBeExact(what), formula.range)
    }
    return (exact, value)
  }

  // MARK: Functions

  private func plain(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope,
    _ change: (Double) -> Double
  ) throws(EstimateComplaint) -> Value {
    try count(1...1, call, function, scope)
    let value = try plainValue(
      call.arguments[0].value, "The argument of '\(function.rawValue)'", scope)
    return Value(magnitude: arithmetic.map(value.magnitude, change), unit: .one)
  }

  /// Rounds in the unit in which the value is shown.
  private func rounded(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope,
    _ change: (Double) -> Double
  ) throws(EstimateComplaint) -> Value {
    var value = try single(call, function, scope)
    let scale = value.unit.scale
    value.magnitude = arithmetic.map(value.magnitude) { change($0 / scale) * scale }
    value.isConverted = true
    return value
  }

  private func root(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let value = try single(call, function, scope)
    guard let dimension = value.dimension.root(2) else {
      throw scope.complaint(
        .noRoot(side(call.arguments[0].value, value, scope), 2), call.arguments[0].value.range)
    }
    return Value(
      magnitude: arithmetic.power(value.magnitude, .exact(0.5)),
      unit: value.unit.isOne ? .one : model.units.plainUnit(of: dimension))
  }

  private func fold(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope,
    _ choose: (Double, Double) -> Double
  ) throws(EstimateComplaint) -> Value {
    try count(1...50, call, function, scope)
    let first = call.arguments[0].value
    var result = try evaluate(first, scope)
    for argument in call.arguments.dropFirst() {
      let next = try evaluate(argument.value, scope)
      try require(.list, (first, result), (argument.value, next), scope)
      result.magnitude = arithmetic.combine(result.magnitude, next.magnitude, choose)
    }
    return result
  }

  private func choose(
    _ call: Expression.Call, _ function: BuiltinFunction, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    try count(3...3, call, function, scope)
    let formulas = call.arguments.map(\.value)
    let condition = try plainValue(formulas[0], "A condition", scope)
    let first = try evaluate(formulas[1], scope)
    let second = try evaluate(formulas[2], scope)
    try require(.branches, (formulas[1], first), (formulas[2], second), scope)
    if let exact = condition.magnitude.exactValue { return exact != 0 ? first : second }
    let chosen = arithmetic.column(condition.magnitude).plain
    let (yes, no) = (
      arithmetic.column(first.magnitude).plain, arithmetic.column(second.magnitude).plain
    )
    let draws = chosen.indices.map { chosen[$0] != 0 ? yes[$0] : no[$0] }
    return Value(
      magnitude: .sampled(Column(draws)), unit: first.unit,
      isShare: first.isShare && second.isShare)
  }

  // MARK: Prices

  private func cost(
    _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    try count(2...2, call, .cost, scope)
    guard case .word(let range) = call.arguments[0].value else {
      throw scope.complaint(
        .expected(
          "the name of a price list, such as egress",
          instead: scope.text(call.arguments[0].value.range)), call.arguments[0].value.range)
    }
    let tariff = try tariff(range, scope)
    let formula = call.arguments[1].value
    let amount = try evaluate(formula, scope)
    let per = try reckon(tariff.per, scope)
    guard amount.dimension == per.dimension else {
      throw scope.complaint(
        .wrongArgument(
          function: "cost", name: "amount",
          expected: "\(model.units.name(of: per.dimension)), such as 50 \(per.unit.text)",
          found: side(formula, amount, scope)), formula.range)
    }
    let size = per.magnitude.exactValue ?? 1
    var tiers: [Tariff.Tier] = []
    for tier in tariff.tiers {
      let end = try tier.upTo.map { text throws(EstimateComplaint) in
        try reckon(text, scope).magnitude.exactValue ?? .infinity
      }
      tiers.append(Tariff.Tier(upTo: end.map { $0 / size }, price: tier.price))
    }
    let list = try priced(tiers, range, scope)
    return Value(
      magnitude: arithmetic.map(amount.magnitude) { list.cost(of: max(0, $0 / size)) },
      unit: StandardUnits.plainUnit(of: StandardUnits.money))
  }

  private func priced(
    _ tiers: [Tariff.Tier], _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> Tariff {
    do { return try Tariff(tiers: tiers) } catch {
      let what = "Tier \(error.tier + 1) of '\(scope.text(range))'"
      throw scope.complaint(
        .refused(what: what, reason: error.reason, expected: error.expected), range)
    }
  }

  private func tariff(
    _ range: SourceRange, _ scope: Scope
  ) throws(EstimateComplaint) -> EstimateTariff {
    let name = scope.text(range)
    do throws(Diagnostic) {
      if let tariff = try reference.tariff(name) { return tariff }
      let known = try reference.content().tariffs.map(\.id)
      throw Diagnostic(NearestWord.nearest(to: name, in: known) ?? "")
    } catch {
      let isMissing = error.file == nil
      throw scope.complaint(
        isMissing
          ? .unknownTariff(name, nearest: error.message.isEmpty ? nil : error.message)
          : .reference(error.description), range)
    }
  }

  /// The value of a formula that stands in the reference.
  private func reckon(_ text: String, _ scope: Scope) throws(EstimateComplaint) -> Value {
    var parser = Parser(SourceText(text), table: UnitTable())
    guard let statement = try parser.statement(), let formula = statement.formula else {
      return .number(1)
    }
    return try evaluate(formula, Scope(statement: statement, place: -1, owner: nil))
  }
}
