import Kernel

extension EstimateRun {
  /// A call that is an uncertain input.
  func distribution(
    _ function: BuiltinFunction, _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    switch function {
    case .mix: return try mix(call, scope)
    case .beta:
      try count(2...2, call, function, scope)
      var shapes: [Double] = []
      for argument in call.arguments {
        let value = try plainValue(argument.value, "A shape of 'beta'", scope)
        guard let shape = value.magnitude.exactValue, shape >= 0.01, shape <= 1e6 else {
          throw scope.complaint(
            .refused(
              what: "A shape of 'beta'", reason: "does not fit", expected: "from 0.01 to 1M"),
            argument.value.range)
        }
        shapes.append(shape)
      }
      return input(.beta(shapes[0], shapes[1]), unit: .one, isShare: true, call.range, scope)
    case .empirical:
      try count(2...500, call, function, scope)
      let (values, first) = try figures(call, scope)
      return input(
        .empirical(values), unit: first.unit, isShare: first.isShare, call.range, scope)
    default: return try bell(function, call, scope)
    }
  }

  private func bell(
    _ function: BuiltinFunction, _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    try count(function == .triangular ? 3...3 : 2...2, call, function, scope)
    let (values, first) = try figures(call, scope)
    let shape: InputShape
    var fits = true
    switch function {
    case .normal:
      fits = values[1] >= 0
      shape = .normal(mean: values[0], deviation: values[1])
    case .lognormal:
      fits = values[0] > 0 && values[0] <= values[1]
      shape = fits ? .range(values[0], values[1]) : .uniform(0, 0)
    case .triangular:
      fits = values[0] <= values[1] && values[1] <= values[2]
      shape = .triangular(low: values[0], mode: values[1], high: values[2])
    default:
      fits = values[0] <= values[1]
      shape = .uniform(values[0], values[1])
    }
    guard fits else {
      throw scope.complaint(
        .refused(
          what: "The arguments of '\(function.rawValue)'", reason: "do not rise as they must",
          expected: function.page.usage), call.range)
    }
    if values.allSatisfy({ $0 == values[0] }), function != .normal {
      return Value(magnitude: .exact(values[0]), unit: first.unit, isShare: first.isShare)
    }
    return input(shape, unit: first.unit, isShare: first.isShare, call.range, scope)
  }

  /// Arguments that are numbers of one dimension.
  private func figures(
    _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> ([Double], Value) {
    var values: [Double] = []
    var last: (Expression, Value)?
    // The last argument's unit is the one that was meant for reading, as in a range.
    for argument in call.arguments {
      let (exact, value) = try exactValue(
        argument.value, "An argument of a distribution", scope)
      if let last { try require(.list, last, (argument.value, value), scope) }
      values.append(exact)
      last = (argument.value, value)
    }
    return (values, last?.1 ?? .number(0))
  }

  /// `mix(a, 70%, b, 30%)`: values with their weights.
  private func mix(_ call: Expression.Call, _ scope: Scope) throws(EstimateComplaint) -> Value {
    let arguments = call.arguments
    guard arguments.count >= 4, arguments.count % 2 == 0, arguments.count <= 40,
      arguments.allSatisfy({ $0.name == nil })
    else {
      throw scope.complaint(
        .argumentCount(
          function: "mix", usage: BuiltinFunction.mix.page.usage, given: arguments.count),
        call.range)
    }
    var parts: [(Value, Double)] = []
    for place in stride(from: 0, to: arguments.count, by: 2) {
      let value = try evaluate(arguments[place].value, scope)
      if let first = parts.first {
        try require(.list, (arguments[0].value, first.0), (arguments[place].value, value), scope)
      }
      let weight = try plainValue(arguments[place + 1].value, "A weight of 'mix'", scope)
      guard let exact = weight.magnitude.exactValue, exact >= 0 else {
        throw scope.complaint(
          .refused(
            what: "A weight of 'mix'", reason: "does not fit", expected: "a share such as 70%"),
          arguments[place + 1].value.range)
      }
      parts.append((value, exact))
    }
    let total = parts.reduce(0) { $0 + $1.1 }
    guard total > 0, total.isFinite else {
      throw scope.complaint(
        .refused(
          what: "The weights of 'mix'", reason: "are all zero", expected: "shares such as 70%"),
        call.range)
    }
    let first = parts[0].0
    if case .point(let points) = mode {
      let likeliest = parts.max { $0.1 < $1.1 } ?? parts[0]
      guard let point = points[scope.nextStream()] else { return likeliest.0 }
      return Value(magnitude: .exact(point), unit: first.unit, isShare: first.isShare)
    }
    let shares = parts.map { value, weight in
      InputShape.Share(
        weight: weight / total, column: addSideColumn(arithmetic.column(value.magnitude)))
    }
    return input(.mix(shares), unit: first.unit, isShare: first.isShare, call.range, scope)
  }
}
