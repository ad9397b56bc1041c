import Kernel

extension EstimateRun {
  func call(_ call: Expression.Call, _ scope: Scope) throws(EstimateComplaint) -> Value {
    let name = scope.text(call.name)
    if let builtin = BuiltinFunction.byName[name] { return try self.builtin(builtin, call, scope) }
    guard let function = EstimateFunctions.byName[name] else {
      let known = FunctionPages.all.map(\.name)
      let isName = model.place(of: name) != nil || model.units.unit(name) != nil
      throw scope.complaint(
        isName
          ? .missingOperator("(")
          : .unknownFunction(name, nearest: NearestWord.nearest(to: name, in: known)),
        call.name)
    }
    return try evaluate(function, call, scope)
  }

  private func evaluate(
    _ function: EstimateFunction, _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Value {
    let signature = EstimateFunctions.signature(of: function)
    let slots = try arrange(call, signature, function, scope)
    var bindings = Bindings()
    var values: [Value] = []
    for (place, slot) in slots.enumerated() {
      let parameter = signature.parameters[min(place, signature.parameters.count - 1)]
      guard let formula = slot else {
        values.append(try standard(parameter))
        continue
      }
      let value = try evaluate(formula, scope)
      guard bindings.accept(value.unit, for: parameter.pattern) else {
        throw scope.complaint(
          .wrongArgument(
            function: function.name, name: parameter.name,
            expected: expectation(parameter.pattern, bindings),
            found: side(formula, value, scope)), formula.range)
      }
      values.append(value)
    }
    let unit = bindings.unit(of: signature.result) ?? .one
    let magnitude = try apply(function, signature, values, slots, call, scope)
    return Value(magnitude: magnitude, unit: unit, isShare: signature.result.isShare)
  }

  private func standard(_ parameter: Signature.Parameter) throws(EstimateComplaint) -> Value {
    let source = SourceText(parameter.standard ?? "1")
    var parser = Parser(source, table: UnitTable())
    guard let statement = try parser.statement(), let formula = statement.formula else {
      return .number(1)
    }
    return try evaluate(formula, Scope(statement: statement, place: -1, owner: nil))
  }

  // MARK: Arguments

  /// The formula for each parameter; nil where the default is meant.
  private func arrange(
    _ call: Expression.Call, _ signature: Signature, _ function: EstimateFunction, _ scope: Scope
  ) throws(EstimateComplaint) -> [Expression?] {
    let parameters = signature.parameters
    let usage = function.name + function.signature
    let isVariadic = parameters.last?.isVariadic == true
    guard isVariadic || call.arguments.count <= parameters.count else {
      throw scope.complaint(
        .argumentCount(function: function.name, usage: usage, given: call.arguments.count),
        call.range)
    }
    let count = isVariadic ? max(parameters.count, call.arguments.count) : parameters.count
    var slots = [Expression?](repeating: nil, count: count)
    var next = 0
    for argument in call.arguments {
      var place = next
      if let label = argument.name {
        let word = scope.text(label)
        guard let named = parameters.firstIndex(where: { $0.name == word }) else {
          throw scope.complaint(
            .unknownArgument(
              word, nearest: NearestWord.nearest(to: word, in: parameters.map(\.name)),
              usage: usage), label)
        }
        place = named
      } else {
        next += 1
      }
      guard slots[place] == nil else {
        let name = parameters[min(place, parameters.count - 1)].name
        throw scope.complaint(.argumentTwice(name), argument.value.range)
      }
      slots[place] = argument.value
    }
    for (place, parameter) in parameters.enumerated()
    where slots[place] == nil && parameter.standard == nil {
      throw scope.complaint(
        .missingArgument(function: function.name, name: parameter.name, usage: usage), call.range)
    }
    return slots
  }

  private func expectation(_ pattern: Signature.Pattern, _ bindings: Bindings) -> String {
    if pattern.isShare { return "a share such as 5%" }
    if let unit = bindings.unit(of: pattern) {
      return unit.isOne
        ? "a plain number" : "\(model.units.name(of: unit.dimension)), such as 5 \(unit.text)"
    }
    let known = model.units.name(of: pattern.dimension)
    if pattern.dimension.isOne { return "something that fits the other arguments" }
    let isRate = pattern.dimension == Dimension.one.divided(by: StandardUnits.time)
    return isRate ? "a rate, such as 5 requests/s" : "something times \(known)"
  }

  // MARK: Applying

  private func apply(
    _ function: EstimateFunction, _ signature: Signature, _ values: [Value],
    _ slots: [Expression?], _ call: Expression.Call, _ scope: Scope
  ) throws(EstimateComplaint) -> Magnitude {
    do throws(FormulaRefusal) {
      let exact = values.compactMap { $0.magnitude.exactValue }
      if exact.count == values.count { return .exact(try Self.compute(function, exact)) }
      if let powers = function.product { return try product(function, powers, values) }
      return .sampled(try drawByDraw(function, values))
    } catch {
      let place = min(error.argument, signature.parameters.count - 1)
      let range = slots.indices.contains(error.argument) ? slots[error.argument]?.range : nil
      throw scope.complaint(
        .refused(
          what: "The argument '\(signature.parameters[place].name)' of '\(function.name)'",
          reason: error.reason, expected: error.expected), range ?? call.range)
    }
  }

  private static func compute(
    _ function: EstimateFunction, _ arguments: [Double]
  ) throws(FormulaRefusal) -> Double {
    let result = arguments.withUnsafeBufferPointer { buffer in
      Result { () throws(FormulaRefusal) in try function.compute(buffer) }
    }
    return try result.get()
  }

  /// A formula that is a product, so that products of ranges stay exact; refused where the formula
  /// would be with every argument at its middle.
  private func product(
    _ function: EstimateFunction, _ powers: [Int], _ values: [Value]
  ) throws(FormulaRefusal) -> Magnitude {
    _ = try Self.compute(function, values.map { middle(of: $0.magnitude) })
    let arithmetic = arithmetic
    return zip(values, powers).reduce(.exact(1)) { product, factor in
      factor.1 > 0
        ? arithmetic.product(product, factor.0.magnitude)
        : arithmetic.quotient(product, factor.0.magnitude)
    }
  }

  private func middle(of magnitude: Magnitude) -> Double {
    switch magnitude {
    case .exact(let value): value
    case .gaussian(let form): form.value(at: 0, deviation: 0)
    case .sampled(let column): Percentiles.values(of: column, at: [0.5])[0]
    }
  }

  private func drawByDraw(
    _ function: EstimateFunction, _ values: [Value]
  ) throws(FormulaRefusal) -> Column {
    let columns = values.map { value -> [Double]? in
      value.magnitude.exactValue == nil ? arithmetic.column(value.magnitude).plain : nil
    }
    var arguments = values.map { $0.magnitude.exactValue ?? 0 }
    var result = [Double](repeating: 0, count: options.samples)
    for draw in result.indices {
      for (place, column) in columns.enumerated() {
        if let column { arguments[place] = column[draw] }
      }
      result[draw] = try Self.compute(function, arguments)
    }
    return Column(result)
  }
}

extension EstimateFunctions {
  /// The functions by their names.
  static let byName = Dictionary(uniqueKeysWithValues: all.map { ($0.name, $0) })

  private static let signatures = Dictionary(
    uniqueKeysWithValues: all.map { ($0.name, Signature($0.signature)) })

  /// The signature of a function, read once.
  static func signature(of function: EstimateFunction) -> Signature {
    signatures[function.name] ?? Signature(function.signature)
  }
}
